# Imported first by every tool, before anything newer syntax could break on: an old Python gets one clear line.
import sys

if sys.version_info < (3, 11):
    sys.stderr.write("Peygir needs Python 3.11 or newer; this is %s.%s. " % tuple(sys.version_info[:2]))
    sys.stderr.write("Name another one like this: make PYTHON=python3.12 …\n")
    sys.exit(2)
