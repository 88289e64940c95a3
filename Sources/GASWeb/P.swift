import GAS
import Hummingbird
