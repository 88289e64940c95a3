"""moto's server, with what it lacks of SES's: the state of the account.

While the file that GAS_MOTO_SANDBOX names exists, the account is in SES's sandbox."""

import os
import pathlib
import sys

from moto.core.responses import ActionResult
from moto.server import main
from moto.sesv2 import urls
from moto.sesv2.responses import SESV2Response


def get_account(self):
    sandbox = pathlib.Path(os.environ["GAS_MOTO_SANDBOX"]).exists()
    return ActionResult({"ProductionAccessEnabled": not sandbox, "SendingEnabled": True, "EnforcementStatus": "HEALTHY"})


SESV2Response.get_account = get_account
urls.url_paths["{0}/v2/email/account$"] = SESV2Response.dispatch
main(sys.argv[1:])
