"""Assigning values to targets, and matching them with patterns."""

from __future__ import annotations

import ast

from guidelines.lint.model import attributes
from guidelines.lint.model.evaluation import evaluate
from guidelines.lint.model.flow import collection, contents, fill, iterated
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import NOTHING, Collection, Tuple, Values


def bind(run: Run, target: ast.expr, values: Values) -> None:
    """Assigns values to a target of any form."""
    match target:
        case ast.Name(id=name):
            run.assign(name, values)
        case ast.Starred(value=inner):
            bind(run, inner, collection(run, "list", target, iterated(run, values)))
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            known = [value for value in values if isinstance(value, Tuple)]
            rest = iterated(run, frozenset(value for value in values if not isinstance(value, Tuple)))
            for index, inner in enumerate(targets):
                found = rest
                for value in known:
                    if len(value.items) == len(targets):
                        found |= value.items[index]
                    else:
                        found |= iterated(run, frozenset({value}))
                bind(run, inner, found)
        case ast.Attribute():
            for owner in evaluate(run, target.value):
                attributes.put(run, owner, target.attr, values)
        case ast.Subscript():
            evaluate(run, target.slice)
            for owner in evaluate(run, target.value):
                if isinstance(owner, Collection):
                    fill(run, owner, values)


def match(run: Run, pattern: ast.pattern, subject: Values) -> None:
    """Binds the names of a pattern."""
    match pattern:
        case ast.MatchAs(pattern=inner, name=name):
            if inner is not None:
                match(run, inner, subject)
            if name is not None:
                run.assign(name, subject)
        case ast.MatchStar(name=str(name)):
            run.assign(name, collection(run, "list", pattern, subject))
        case ast.MatchSequence(patterns=patterns):
            known = [value for value in subject if isinstance(value, Tuple) and len(value.items) == len(patterns)]
            rest = iterated(run, subject - frozenset(known))
            for index, inner in enumerate(patterns):
                match(run, inner, rest.union(*(value.items[index] for value in known)))
        case ast.MatchMapping(patterns=patterns):
            for inner in patterns:
                match(run, inner, contents(run, subject))
        case ast.MatchClass(cls=cls, patterns=patterns, kwd_attrs=names, kwd_patterns=named):
            evaluate(run, cls)
            for inner in patterns:
                match(run, inner, NOTHING)
            for name, inner in zip(names, named, strict=True):
                found: Values = NOTHING
                for value in subject:
                    found |= attributes.get(run, pattern, value, name)
                match(run, inner, found)
        case ast.MatchOr(patterns=patterns):
            for inner in patterns:
                match(run, inner, subject)
        case ast.MatchValue(value=value):
            evaluate(run, value)
