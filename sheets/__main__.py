"""`python -m sheets …`: one pass, what is wrong in the sheet, a demo sheet, the Google side's script."""

import argparse
import secrets
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import logs
import settings as settings_
import words
from settings import WrongSetting
from sheets import demo, drafts, form, heap
from sheets.loop import Loop
from sheets.problems import SheetError
from sheets.snapshot import Live
from sheets.sync import Sync, opened

OK, PROBLEMS, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        logs.to_stderr()
        return int(chosen.run(chosen))
    except WrongSetting as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    except BrokenPipeError:  # `| head`
        sys.stderr.close()
        return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sheets", description="La feuille de Conso-locale.")
    commands = parser.add_subparsers(required=True, metavar="commande")
    sync = commands.add_parser("sync", help="une passe : lire la feuille, mettre le site à jour")
    sync.add_argument("--forever", action="store_true", help="la boucle, sans le site (qui tourne alors avec CONSO_SYNC=off)")
    sync.add_argument("--accept-drop", action="store_true", help="accepter que la plupart des lignes aient disparu")
    sync.set_defaults(run=_sync)
    check = commands.add_parser("check", help="tout ce qui est à corriger, par onglet, ligne et en-tête")
    check.set_defaults(run=_check)
    made = commands.add_parser("demo", help="fabriquer un classeur d'exemple")
    made.add_argument("--rows", type=_positive, help="nombre de lignes (par défaut : la démonstration)")
    made.add_argument("--seed", type=int, default=0, help="graine du hasard")
    made.add_argument("--out", type=Path, required=True, help="le classeur .xlsx à écrire")
    made.add_argument("--ticked", action="store_true", help="cocher toutes les lignes")
    made.set_defaults(run=_demo)
    script = commands.add_parser("form", help="le script Apps Script qui construit le formulaire et la feuille")
    script.set_defaults(run=_form)
    preview = commands.add_parser("apercu", help="l'adresse des brouillons du Mag, pour l'équipe")
    preview.set_defaults(run=_preview)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("un nombre positif est attendu")
    return number


def _opened() -> Sync:
    """The sheet, whatever CONSO_SYNC says: it is for the site. Raises WrongSetting, SheetError."""
    settings = replace(settings_.load(), sync=True)
    words.use(settings.words)
    if not settings.embedded:
        settings_.require_account(settings.spreadsheet, settings.service_account)
    return opened(settings, Live())


def _sync(chosen: argparse.Namespace) -> int:
    try:
        sync = _opened()
        sync.restore()
        if chosen.forever:
            return _forever(sync)
        if sync.workbook is not None:
            sync.workbook.flush()
        report = sync.once(accept_drop=chosen.accept_drop)
        sync.finish_learning()
        print(report)
    except SheetError as error:
        print(error.message, file=sys.stderr)
        return PROBLEMS
    return OK


def _forever(sync: Sync) -> int:
    heap.share_one()
    loop = Loop(sync)
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    loop.start()
    ended.wait()
    loop.stop()
    return OK


def _check(_: argparse.Namespace) -> int:
    try:
        problems = _opened().check()
    except SheetError as error:
        print(error.message, file=sys.stderr)
        return UNREADABLE
    for problem in problems:
        print(problem)
    if not problems:
        print("Rien à corriger.")
    return PROBLEMS if problems else OK


def _demo(chosen: argparse.Namespace) -> int:
    try:
        demo.write(chosen.out, chosen.rows, chosen.seed, chosen.ticked)
    except OSError as error:
        print(f"{chosen.out} ne peut pas être écrit : {error.strerror}", file=sys.stderr)
        return UNREADABLE
    return OK


def _form(_: argparse.Namespace) -> int:
    words.use(settings_.load_words())
    print(form.script())
    return OK


def _preview(_: argparse.Namespace) -> int:
    settings = settings_.load()
    key = drafts.key_of(settings, settings.feuille_key)
    if key is not None:
        print(f"Les brouillons : {settings.site_url or 'http://127.0.0.1:8501'}/mag?apercu={key}")
        return OK
    if settings.embedded:
        print("L'adresse des brouillons est sur /feuille, et change à chaque démarrage. Pour qu'elle reste :")
    print(f'Écrivez dans .streamlit/secrets.toml, puis redémarrez le site :\n[mag]\nkey = "{secrets.token_urlsafe(24)}"')
    return PROBLEMS


if __name__ == "__main__":
    sys.exit(main())
