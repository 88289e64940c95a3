"""The templates of AWS CloudFormation as one: nested stacks put in where they are named.

A resource `Group` of the nested stack `Web` is called `WebGroup` here.
"""

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
