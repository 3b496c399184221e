"""Calls commands of nodes as docs/protocol.md has it ("Commands"): lines of JSON through a tunnel, and nothing else.

    command_client.py SOCKET NODE

writes what came back for each of a number of calls, as a line of JSON each.
"""

import json
import subprocess
import sys


class CommandError(Exception):
    """The error that a call ended with."""

    def __init__(self, error):
        error = {"message": error} if isinstance(error, str) else error
        super().__init__(error["message"])
        self.error = error


class Command:
    """A channel to one command of one node, for calls one after the other."""

    def __init__(self, socket, node, name):
        self._tunnel = subprocess.Popen(
            ["r2", "-s", socket, "tunnel", f"{node}/service:cmd.{name}", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Wants no more; the command ends its direction then.
        self._tunnel.stdin.close()
        self._tunnel.stdout.read()
        self._tunnel.wait()

    def call(self, *arguments, **parameters):
        """Gives the results of a call, and the errors on its way, as they come."""
        return self.say(json.dumps({"arguments": arguments, "parameters": parameters}))

    def say(self, line):
        """Says any line, and reads the answer to it."""
        self._tunnel.stdin.write(line.encode() + b"\n")
        self._tunnel.stdin.flush()
        for answer in self._tunnel.stdout:
            answer = json.loads(answer)
            if "output" in answer:
                yield {"output": answer["output"]}
            elif "error" in answer:
                yield {"error": answer["error"]}
            elif "fail" in answer:
                raise CommandError(answer["fail"])
            elif "end" in answer:
                return
        raise EOFError("the channel is over without an end")

    def cancel(self):
        """Cuts the channel, and so cancels the call that runs."""
        self._tunnel.kill()
        self._tunnel.wait()


def show(answers):
    try:
        for answer in answers:
            print(json.dumps(answer), flush=True)
        print(json.dumps("end"), flush=True)
    except CommandError as failure:
        print(json.dumps({"fail": failure.error}), flush=True)
    except EOFError as failure:
        print(json.dumps({"over": str(failure)}), flush=True)


def main(socket, node):
    with Command(socket, node, "get_funcs") as functions:
        names = [answer["output"]["name"] for answer in functions.call()]
        print(json.dumps(names), flush=True)
    with Command(socket, node, "add") as add:
        show(add.call(1, 2))
        show(add.call(1, b=2))
        show(add.call(1, "two"))
        show(add.call(1, 2, 3))
        show(add.say("this is no call"))
        show(add.say("{}"))
        show(add.call(20, 22))
    with Command(socket, node, "count") as count:
        show(count.call(3))
    with Command(socket, node, "nothing") as nothing:
        show(nothing.call())
    hang = Command(socket, node, "hang")
    print(json.dumps(next(hang.call())), flush=True)
    hang.cancel()


if __name__ == "__main__":
    main(*sys.argv[1:])
