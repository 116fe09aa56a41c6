"""What was done and answered, and the end of the walk at the first wrong answer."""

import sys
import time


class Walk:
    def __init__(self):
        self.begun = time.monotonic()
        self.rows = []

    def step(self, client, what, answer):
        self.rows.append((client, what, answer))

    def wrong(self, client, what, answer, expected):
        self.step(client, what, f"WRONG: {answer}; expected: {expected}")
        self.end()
        sys.exit(1)

    def check(self, client, what, answer, expected):
        if answer != expected:
            self.wrong(client, what, answer, expected)
        self.step(client, what, answer)

    def end(self):
        print("| client | what | answer |\n| --- | --- | --- |")
        for row in self.rows:
            print("| " + " | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in row) + " |")
        print(f"{len(self.rows)} steps, {time.monotonic() - self.begun:.0f} s", flush=True)


def wait(what, seconds, condition):
    """What the condition gives, once that is true."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.5)
