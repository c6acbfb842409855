"""Runs a program as the leader of a new terminal of its own. Each line of our input is one press of Ctrl+C there.
Ends as the program does; what the terminal shows is printed."""
import os
import pty
import sys
import threading

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])


def press():
    for _ in sys.stdin:
        os.write(terminal, b"\x03")


threading.Thread(target=press, daemon=True).start()
try:
    while shown := os.read(terminal, 4096):
        sys.stdout.buffer.write(shown)
        sys.stdout.buffer.flush()
except OSError:
    pass  # Nobody has the terminal open any more.
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
