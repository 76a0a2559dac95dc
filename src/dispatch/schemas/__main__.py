"""``python -m dispatch.schemas``: write the schemas into this folder."""

import json
from pathlib import Path

from dispatch.schemas import build_schemas

for name, schema in build_schemas().items():
    text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    Path(__file__).with_name(name).write_text(text, encoding="utf-8")
