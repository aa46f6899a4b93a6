"""Foreign code in separate processes: it sends JSON and raw numbers, and a failure is reported in one sentence.

The main process imports none of this code and unpickles nothing that it sends. A child process can hang, print, exit,
be ended by a signal or send an invalid message. Each of these raises :class:`Lost`, whose text completes a sentence
("died with SIGILL while importing"). Accidents and wrong replies therefore do not affect the main process. This is not
a sandbox: it does not protect against a program that attacks the files or the processes of its user.
"""

from harness.children.frames import frame, private_pipes, receive_frame, send_frame
from harness.children.process import Child, Lost, ending, one_line, stop

__all__ = ["Child", "Lost", "ending", "frame", "one_line", "private_pipes", "receive_frame", "send_frame", "stop"]
