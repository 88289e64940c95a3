"""What the expressions of a flat template come to."""

import ipaddress
import re


class Values:
    """What expressions of a flat template come to. What only AWS knows stays a text such as `<WebGroup>`."""

    pseudo = {"AWS::Region": "us-east-1", "AWS::AccountId": "123456789012", "AWS::Partition": "aws",
              "AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": None, "AWS::StackName": "gas",
              # Of the nested stack, each of which has its own.
              "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/gas-Nested-1/2"}

    def __init__(self, flat, parameters=None, known=None):
        self.flat = flat
        self.known = known or {}
        self.parameters = {name: description.get("Default") for name, description in flat["Parameters"].items()}
        self.parameters |= parameters or {}
        self.parameters |= self.pseudo

    def resources(self, kind=None):
        """Those that are made, by name, with their properties worked out."""
        return {name: self.of(resource.get("Properties", {})) for name, resource in self.flat["Resources"].items()
                if (kind is None or resource["Type"] == kind) and self.holds(resource.get("Condition"))}

    def holds(self, condition):
        return condition is None or self.of(self.flat["Conditions"][condition])

    def of(self, value):
        if isinstance(value, list):
            return [worked for worked in map(self.of, value) if worked is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), = value.items()
            if name == "Condition" and isinstance(argument, str):
                return self.holds(argument)
            function = getattr(self, "_" + name.removeprefix("Fn::"), None)
            if function and (name == "Ref" or name.startswith("Fn::")):
                return function(argument)
        return {key: worked for key, worked in ((key, self.of(part)) for key, part in value.items()) if worked is not None}

    def _Ref(self, name):
        return self.parameters[name] if name in self.parameters else self.known.get(name, f"<{name}>")

    def _GetAtt(self, path):
        return self.known.get(".".join(path), f"<{'.'.join(path)}>")

    def _If(self, arguments):
        condition, then, otherwise = arguments
        return self.of(then if self.holds(condition) else otherwise)

    def _Equals(self, arguments):
        one, other = map(self.of, arguments)
        return str(one) == str(other)

    def _Not(self, arguments):
        return not self.of(arguments[0])

    def _And(self, arguments):
        return all(map(self.of, arguments))

    def _Or(self, arguments):
        return any(map(self.of, arguments))

    def _Join(self, arguments):
        return arguments[0].join(map(str, self.of(arguments[1])))

    def _Split(self, arguments):
        return self.of(arguments[1]).split(arguments[0])

    def _Select(self, arguments):
        return self.of(arguments[1])[int(arguments[0])]

    def _Base64(self, argument):
        return self.of(argument)

    def _GetAZs(self, _):
        return [f"{self.pseudo['AWS::Region']}{letter}" for letter in "abcdef"]

    def _Cidr(self, arguments):
        block, count, bits = map(self.of, arguments)
        parts = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
        return [str(next(parts)) for _ in range(int(count))]

    def _Sub(self, argument):
        text, variables = argument

        def replace(match):
            name = match.group(1)
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            return str(self.parameters[name] if name.startswith("AWS::") else self.of(variables[name]))

        return re.sub(r"\$\{([^}]+)\}", replace, text)


class Folded(Values):
    """As `Values`, but what only AWS knows stays an expression: a template without parameters and conditions, which the
    emulators of AWS understand better."""

    def template(self):
        resources = {}
        for name, resource in self.flat["Resources"].items():
            if not self.holds(resource.get("Condition")):
                continue
            resources[name] = self.of({key: value for key, value in resource.items() if key != "Condition"})
        for resource in resources.values():
            if "DependsOn" in resource:
                resource["DependsOn"] = [name for name in resource["DependsOn"] if name in resources]
        return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}

    def _Ref(self, name):
        return self.parameters[name] if name in self.parameters else {"Ref": name}

    def _GetAtt(self, path):
        return self.known.get(".".join(path), {"Fn::GetAtt": path})

    def _Join(self, arguments):
        parts = self.of(arguments[1])
        whole = all(not isinstance(part, dict) for part in parts)
        return arguments[0].join(map(str, parts)) if whole else {"Fn::Join": [arguments[0], parts]}

    def _Split(self, arguments):
        text = self.of(arguments[1])
        if isinstance(text, dict):
            separator, parts = text["Fn::Join"]
            assert separator == arguments[0]
            return parts
        return text.split(arguments[0])

    def _Base64(self, argument):
        return {"Fn::Base64": self.of(argument)}

    def _Sub(self, argument):
        text, variables = argument
        left = {}

        def replace(match):
            name = match.group(1)
            if name.startswith("!"):
                return match.group(0)
            value = self.parameters[name] if name.startswith("AWS::") else self.of(variables[name])
            if isinstance(value, dict):
                left[name] = value
                return match.group(0)
            return str(value)

        text = re.sub(r"\$\{([^}]+)\}", replace, text)
        if "${" not in text:
            return text
        return {"Fn::Sub": [text, left]}
