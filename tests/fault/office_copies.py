#!/usr/bin/env python3
"""office_copies.py: `hallcast office backup`, `restore` and `verify` beside a master that works and is killed.

  office_copies.py --program build/release/hallcast

Exit status: 0 right, 1 wrong.
"""
import argparse, os, shutil, subprocess, sys, tempfile

from kill_master import Office, OFFICE


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = os.path.abspath(parser.parse_args().program)
    folder = tempfile.mkdtemp(prefix="hallcast-copies-")
    environment = dict(os.environ, HOME=folder, XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder)
    office = Office(program, os.path.join(folder, "master"), environment)
    os.makedirs(office.directory)
    backup = os.path.join(folder, "backup.db")

    def copies(status, *arguments):
        done = subprocess.run([program, "office", *arguments], env=environment, capture_output=True, text=True)
        assert done.returncode == status, f"{arguments}: exit status {done.returncode} instead of {status}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def ticket():
        answer = office.ask("POST", "/api/v1/tickets", {"service": "A"})
        assert answer, "no ticket"
        return answer["number"]

    try:
        office.start()
        file = os.path.join(folder, "office.yaml")
        open(file, "w").write(OFFICE)
        office.ctl("office", "apply", file)
        assert [ticket() for _ in range(5)][-1] == "A005"
        said = copies(0, "backup", backup, "--dir", office.directory)
        assert "written and verified" in said, said
        assert ticket() == "A006"
        assert "whole" in copies(0, "verify", "--dir", office.directory)
        assert "whole" in copies(0, "verify", backup)
        assert "in use by another master" in copies(1, "restore", backup, "--dir", office.directory)
        assert ticket() == "A007"

        office.kill()
        assert "whole" in copies(0, "verify", "--dir", office.directory)
        said = copies(0, "restore", backup, "--dir", office.directory)
        assert "the queue before" in said, said
        kept = [name for name in os.listdir(office.directory) if name.startswith("queue.db.before-")]
        assert len(kept) == 1, kept
        assert "whole" in copies(0, "verify", os.path.join(office.directory, kept[0]))
        office.start()
        assert ticket() == "A006", "the backup ended with A005"
        office.kill()

        bytes_of_backup = bytearray(open(backup, "rb").read())
        for at in range(4096, len(bytes_of_backup), 512):
            bytes_of_backup[at] ^= 0xFF
        open(backup, "wb").write(bytes_of_backup)
        copies(1, "verify", backup)
        copies(1, "restore", backup, "--dir", office.directory)
        copies(1, "backup", backup, "--dir", os.path.join(folder, "nowhere"))
        for wrong in (["verify"], ["backup", backup], ["restore", "--dir", folder]):
            copies(2, *wrong)
        assert "whole" in copies(0, "verify", "--dir", office.directory)
        print("backup, restore and verify do what they say")
    finally:
        if office.process:
            office.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
