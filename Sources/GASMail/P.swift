import GAS
