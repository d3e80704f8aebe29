"""One file of each kind that holds others, hostile ones too, for tests of whole scans."""

from pathlib import Path

from tests.lapwing.scanning.made_sources import put
from tests.lapwing.scanning.test_databases import chat_content
from tests.lapwing.scanning.test_documents import DOCUMENTS
from tests.lapwing.scanning.test_mail import nested, sent
from tests.lapwing.scanning.test_pdfs import MADE as PDF
from tests.lapwing.scanning.test_thumbnails import android_cache, windows

SEPARATOR = b"From a@example.org Mon Jan  5 09:00:00 2026\n"
FILES = {
    **{f"Documents/{name}": content for name, content in DOCUMENTS.items()},
    "Documents/leaflet.pdf": PDF,
    "Documents/cut.pdf": PDF[:9000],
    "Android/data/app/databases/chat.db": chat_content(),
    "Android/data/app/databases/cut.db": chat_content()[:9000],
    "Android/data/gallery/cache/imgcache.0": android_cache(),
    "Mail/Inbox.mbox": b"".join(SEPARATOR + one + b"\n" for one in (sent().as_bytes(), nested(3))),
    "Mail/deep.eml": nested(1000),
    "AppData/Local/Microsoft/Windows/Explorer/thumbcache_256.db": windows(32),
}


def put_containers(folder: Path) -> Path:
    """All of them, in a device's folders."""
    for name, content in FILES.items():
        put(folder, name, content)
    return folder
