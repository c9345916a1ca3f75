"""What a benchmark says: progress on the standard error, Markdown on the standard output."""

import sys


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def print_table(title, head, rows):
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(str(cell) for cell in row)} |")
    sys.stdout.flush()
