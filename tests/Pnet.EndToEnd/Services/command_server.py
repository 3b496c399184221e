"""A command as docs/protocol.md has it ("Commands"): a program that reads calls and writes answers, a line each.

    r2 serve -n cmd.divide 'python3 command_server.py'
"""

import json
import sys


def divide(a, b):
    for value in (a, b):
        if not isinstance(value, (int, float)):
            yield {"error": {"message": f"{value!r} is not a number", "category": "InvalidArgument", "id": "WrongType"}}
            return
    yield {"output": a // b}
    yield {"output": {"rest": a % b}}


def answer(line):
    try:
        call = json.loads(line)
        yield from divide(*call.get("arguments", []), **call.get("parameters", {}))
        yield {"end": True}
    except Exception as failure:  # Whatever it is, it is the caller's to know.
        yield {"fail": {"message": str(failure), "type": type(failure).__name__, "position": "command_server.py"}}


for line in sys.stdin:
    for one in answer(line):
        print(json.dumps(one), flush=True)
