"""The journal: on the disk before «merci», and nothing of it lost by a torn line."""

import threading

import pytest

from sheets.journal import Journal, locked


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "var" / "feuille.journal.jsonl")


def test_entries_come_back_in_order(journal):
    journal.append("Réponses", {"Nom": "Four", "approved": False, "Horodateur": 46328.5})
    journal.append("Réponses", {"Nom": "Huche"}, {"lien": "abc"})
    assert [(entry.values["Nom"], entry.match) for entry in journal.entries()] == [("Four", None), ("Huche", {"lien": "abc"})]


def test_a_torn_last_line_is_skipped_and_put_aside(journal, tmp_path):
    first = journal.append("Réponses", {"Nom": "Four"})
    path = tmp_path / "var" / "feuille.journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"id": "12", "tab": "R')
    second = journal.append("Réponses", {"Nom": "Huche"})
    assert journal.entries() == [first, second]
    journal.forget({first.id})
    assert journal.entries() == [second]
    assert b'"tab": "R' in path.with_suffix(".illisible").read_bytes()


def test_a_full_disk_leaves_no_half_entry(journal, monkeypatch):
    kept = journal.append("Réponses", {"Nom": "Four"})
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError):
        journal.append("Réponses", {"Nom": "Huche"})
    assert journal.entries() == [kept]


def test_the_journal_is_for_its_owner_only(journal, tmp_path):
    journal.append("Réponses", {"E-mail": "a@exemple.example"})
    assert (tmp_path / "var" / "feuille.journal.jsonl").stat().st_mode & 0o077 == 0


def test_bringing_forward_keeps_the_order_within(journal):
    ids = [journal.append("R", {"Nom": str(number)}).id for number in range(4)]
    journal.bring_forward({ids[3], ids[1]})
    assert [entry.id for entry in journal.entries()] == [ids[1], ids[3], ids[0], ids[2]]


def test_many_writers_lose_nothing(journal):
    writers = [
        threading.Thread(target=lambda n=n: [journal.append("R", {"Nom": f"{n}-{i}"}) for i in range(5)]) for n in range(6)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len({entry.values["Nom"] for entry in journal.entries()}) == 30


def test_a_lock_has_one_holder_at_a_time(tmp_path):
    entered = threading.Event()

    def second():
        with locked(tmp_path / "lock"):
            entered.set()

    with locked(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.1)
    assert entered.wait(5)
    thread.join()
