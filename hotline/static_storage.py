"""Hashed names for static files and for the imports between JS modules."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Rewrites ``import … from "./x.js";`` too; only imports that end in a semicolon are found (a test says so)."""

    support_js_module_import_aggregation = True
