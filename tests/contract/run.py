#!/usr/bin/env python3
"""Holds a really started, seeded server against a document, by schemathesis.

  run.py                     against our own /openapi.json: everything has to hold
  run.py --spec FILE...      against the public files, with the deviations that other.toml explains

`PROGRAM` names another build than the one of this tree, `SEED` another seed than 1.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import explained
import seeded

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("PROGRAM", str(HERE.parent.parent / "target/debug/authlink"))


def judge(server, partner, ids, location, config, more):
    """The exit code of schemathesis, and the reasons that something was found for."""
    name, word = seeded.key_parts(partner.key)
    environment = os.environ | {
        "AUTHLINK_TOKEN": partner.token,
        "AUTHLINK_KEY": partner.key,
        "AUTHLINK_KEY_NAME": name,
        "AUTHLINK_KEY_WORD": word,
        "AUTHLINK_CODE": f"Basic SMS_CODE:{ids['linkId']}",
        "AUTHLINK_URL": server.url,
        "AUTHLINK_DOCUMENT": pathlib.Path(config).stem,
        "AUTHLINK_ADMIN": " ".join(partner.admin),
        "AUTHLINK_IDS": " ".join(f"{name}={id}" for name, id in ids.items()),
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    tool = pathlib.Path(sys.executable).parent / "schemathesis"
    seed = os.environ.get("SEED", "1")
    command = [tool, "--config-file", HERE / config, "run", location, "--url", server.url, "--seed", seed, *more]
    # Caches of the tool stay out of the tree: nothing of the last run may steer this one.
    with tempfile.TemporaryDirectory(prefix="authlink-contract-cache-") as place:
        used = pathlib.Path(place) / "used.jsonl"
        environment["AUTHLINK_USED"] = str(used)
        code = subprocess.run(command, env=environment, cwd=place, check=False).returncode
        lines = used.read_text(encoding="utf-8").splitlines() if used.exists() else []
        return code, {(name, number) for line in lines for name, number in json.loads(line)}


def run(location, config, more):
    with tempfile.TemporaryDirectory(prefix="authlink-contract-") as folder:
        server = seeded.Server(PROGRAM, folder)
        try:
            partner, ids = seeded.seed(server)
            begun = time.monotonic()
            code, used = judge(server, partner, ids, location or f"{server.url}/openapi.json", config, more)
            print(f"{location or 'our own document'}: {time.monotonic() - begun:.0f} s, exit code {code}", flush=True)
            if server.process.poll() is not None:
                print("the server did not survive it")
                return 1, used
            return code, used
        finally:
            server.end()


def tell_of_unused(used, is_other):
    """A reason for what is not found any more explains nothing: it is to go."""
    unused = explained.unused(used, is_other)
    if unused:
        among = "with these files (with all four at once: take them out)" if is_other else "(take them out)"
        print(f"\nReasons in tests/contract/explained.py that nothing was found for {among}:")
        print("\n".join(f"  {line}" for line in unused), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", nargs="+", metavar="FILE", help="public OpenAPI files instead of our own document")
    given, more = parser.parse_known_args()
    if not given.spec:
        results = [run(None, "schemathesis.toml", more)]
    else:
        results = [run(str(pathlib.Path(file).resolve()), "other.toml", more) for file in given.spec]
    # Who asks for less or more than all of it finds other things.
    if not more:
        tell_of_unused(set().union(*(used for _, used in results)), bool(given.spec))
    return max(code for code, _ in results)


if __name__ == "__main__":
    sys.exit(main())
