"""The templates of AWS CloudFormation as one: nested stacks put in where they are named, and values worked out.

A resource `Group` of the nested stack `Web` is called `WebGroup` here.
"""

import ipaddress
import pathlib
import re

import yaml

SHORT = ("Ref", "Condition")


class Loader(yaml.SafeLoader):
    pass


def _tag(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in SHORT else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", _tag)


def load(path):
    """One template as it stands."""
    return yaml.load(pathlib.Path(path).read_text(), Loader=Loader)


class _Stack:
    """A template with the expressions that its parameters stand for."""

    def __init__(self, path, prefix, arguments):
        self.path = pathlib.Path(path)
        self.template = load(path)
        self.prefix = prefix
        self.parameters = {}
        for name, description in self.template.get("Parameters", {}).items():
            if arguments is None:
                self.parameters[name] = {"Ref": name}
                continue
            value = arguments[name] if name in arguments else description["Default"]
            isList = description["Type"].startswith("List<")
            self.parameters[name] = {"Fn::Split": [",", value]} if isList else value
        unknown = set(arguments or ()) - set(self.parameters)
        assert not unknown, f"{path} has no parameters {unknown}"
        self.nested = {}

    def flatten(self, into, condition=None):
        conditions = self.template.get("Conditions", {})
        for name, value in conditions.items():
            into["Conditions"][self.prefix + name] = self.translate(value)
        for name, resource in self.ordered():
            own = [self.prefix + resource["Condition"]] if "Condition" in resource else []
            needed = own + ([condition] if condition else [])
            if len(needed) == 2:
                into["Conditions"][f"{self.prefix}{name}IsThere"] = {"Fn::And": [{"Condition": c} for c in needed]}
                needed = [f"{self.prefix}{name}IsThere"]
            if resource["Type"] == "AWS::CloudFormation::Stack":
                properties = resource["Properties"]
                arguments = {key: self.translate(value) for key, value in properties["Parameters"].items()}
                stack = _Stack(self.path.parent / properties["TemplateURL"], self.prefix + name, arguments)
                self.nested[name] = stack
                stack.flatten(into, *needed)
                continue
            flat = {key: self.translate(value) for key, value in resource.items() if key not in ("Condition", "DependsOn")}
            after = resource.get("DependsOn", [])
            after = [after] if isinstance(after, str) else after
            if after:
                flat["DependsOn"] = [self.prefix + other for other in after if other not in self.nested]
            if needed:
                flat["Condition"] = needed[0]
            into["Resources"][self.prefix + name] = flat

    def ordered(self):
        """The resources, each after those whose outputs it uses."""
        left = dict(self.template["Resources"])
        stacks = {name for name, resource in left.items() if resource["Type"] == "AWS::CloudFormation::Stack"}
        while left:
            ready = [name for name, resource in left.items() if not (self.used(resource) & stacks & set(left)) - {name}]
            assert ready, f"{self.path} goes in a circle: {list(left)}"
            for name in ready:
                yield name, left.pop(name)

    def used(self, value):
        """Nested stacks named in an expression."""
        if isinstance(value, dict):
            own = {value["Fn::GetAtt"][0]} if "Fn::GetAtt" in value else set()
            return own.union(*(self.used(part) for part in value.values()))
        if isinstance(value, list):
            return set().union(*(self.used(part) for part in value))
        return set()

    def translate(self, value):
        if isinstance(value, list):
            return [self.translate(part) for part in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Ref"}:
            return self.reference(value["Ref"])
        if set(value) == {"Condition"} and isinstance(value["Condition"], str):
            return {"Condition": self.prefix + value["Condition"]}
        if set(value) == {"Fn::If"}:
            condition, *branches = value["Fn::If"]
            return {"Fn::If": [self.prefix + condition, *map(self.translate, branches)]}
        if set(value) == {"Fn::GetAtt"}:
            return self.attribute(*value["Fn::GetAtt"])
        if set(value) == {"Fn::Sub"}:
            return self.substitution(value["Fn::Sub"])
        return {key: self.translate(part) for key, part in value.items()}

    def reference(self, name):
        if name in self.parameters:
            return self.parameters[name]
        if name.startswith("AWS::"):
            return {"Ref": name}
        assert name in self.template["Resources"], f"{self.path}: {name}"
        return {"Ref": self.prefix + name}

    def attribute(self, name, attribute):
        if name in self.nested:
            stack = self.nested[name]
            return stack.translate(stack.template["Outputs"][attribute.removeprefix("Outputs.")]["Value"])
        assert name in self.template["Resources"], f"{self.path}: {name}"
        return {"Fn::GetAtt": [self.prefix + name, attribute]}

    def substitution(self, value):
        text, given = value if isinstance(value, list) else (value, {})
        variables = {}

        def replace(match):
            name = match.group(1)
            if name.startswith(("AWS::", "!")):
                return match.group(0)
            alias = re.sub(r"\W", "", name)
            if name in given:
                variables[alias] = self.translate(given[name])
            elif "." in name:
                variables[alias] = self.attribute(*name.split(".", 1))
            else:
                variables[alias] = self.reference(name)
            return f"${{{alias}}}"

        return {"Fn::Sub": [re.sub(r"\$\{([^}]+)\}", replace, text), variables]}


def flatten(path):
    """A template with everything that it nests."""
    root = _Stack(path, "", None)
    flat = {"AWSTemplateFormatVersion": "2010-09-09", "Parameters": root.template["Parameters"],
            "Conditions": {}, "Resources": {}}
    root.flatten(flat)
    flat["Outputs"] = {name: {"Value": root.translate(output["Value"])}
                       for name, output in root.template["Outputs"].items()}
    return flat


class Values:
    """What expressions of a flat template come to. What only AWS knows stays a text such as `<WebGroup>`."""

    pseudo = {"AWS::Region": "us-east-1", "AWS::AccountId": "123456789012", "AWS::Partition": "aws",
              "AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": None}

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
