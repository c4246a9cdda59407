"""Write what hosts of files and crawlers read: maps of the site, and rules for content negotiation.

The rules send a client that asks for data to the file beside the page, where the host can do that:
Apache by ``.htaccess``, Netlify and those like it by ``_redirects`` and ``_headers``.
"""

from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from airm_graph.notice import NOTICE
from airm_graph.serve.addresses import quote_path
from airm_graph.site.folder_addresses import DATA_SUFFIXES, SiteMap

__all__ = ["HOST_FILES", "write_host_file"]

#: Files for hosts and crawlers. ``.nojekyll`` makes GitHub Pages serve the folder as it is.
HOST_FILES = (".htaccess", ".nojekyll", "_headers", "_redirects", "robots.txt", "sitemap.xml")
# The protocol's limit for one map.
_MOST_ADDRESSES = 50_000
_NAMES = {
    "ttl": ("text/turtle", "application/x-turtle"),
    "jsonld": ("application/ld\\+json", "application/json"),
    "nt": ("application/n-triples",),
    "md": ("text/markdown",),
}
_CACHE = "public, max-age=31536000, immutable"


def write_host_file(name: str, sitemap: SiteMap, *, base: str, url: str) -> bytes:
    """Write one of `HOST_FILES`.

    Args:
        name: Of the file.
        sitemap: Pages and files of the site.
        base: What every IRI of the project begins with.
        url: Where the site will be known; the persistent IRIs stand in for it when it is empty.
    """
    known = url or base
    match name:
        case ".htaccess":
            return _write_htaccess(urlsplit(known).path if url else "/").encode()
        case "_headers":
            return _write_headers().encode()
        case "_redirects":
            return _write_redirects().encode()
        case "robots.txt":
            # Pages say that they are not to be indexed; crawlers must fetch them to see it.
            return f"User-agent: *\nDisallow:\n\nSitemap: {known}sitemap.xml\n".encode()
        case "sitemap.xml":
            return _write_sitemap(sitemap, known).encode()
        case _:
            return b""


def _write_htaccess(path: str) -> str:
    types = "".join(f"AddType {kind} .{suffix}\n" for suffix, kind in DATA_SUFFIXES.items())
    rules = "".join(
        f"RewriteCond %{{HTTP_ACCEPT}} {'|'.join(names)} [NC]\n"
        f"RewriteCond %{{REQUEST_FILENAME}}.{suffix} -f\n"
        f"RewriteRule ^(.+?)/?$ $1.{suffix} [L,R=303]\n"
        for suffix, names in _NAMES.items()
    )
    return (
        f"# {NOTICE}\n{types}AddType application/wasm .wasm\nAddCharset UTF-8 .ttl .nt .jsonld .md .txt\n"
        f"DirectoryIndex index.html\nErrorDocument 404 {path}404.html\n"
        "<IfModule mod_headers.c>\nHeader set Access-Control-Allow-Origin *\nHeader merge Vary Accept\n</IfModule>\n"
        f"<IfModule mod_rewrite.c>\nRewriteEngine On\nRewriteBase {path}\n{rules}</IfModule>\n"
    )


def _write_headers() -> str:
    types = "".join(f"/*.{suffix}\n  Content-Type: {kind}; charset=utf-8\n" for suffix, kind in DATA_SUFFIXES.items())
    return (
        "/*\n  Access-Control-Allow-Origin: *\n  X-Content-Type-Options: nosniff\n  Referrer-Policy: no-referrer\n"
        f"{types}/.well-known/void\n  Content-Type: text/turtle; charset=utf-8\n/static/*\n  Cache-Control: {_CACHE}\n"
    )


def _write_redirects() -> str:
    # Hosts of this kind do not choose by the header Accept, so the parameter that the server has
    # says what is wanted.
    lines = (f"/* _mediatype={suffix} /:splat.{suffix} 303" for suffix in DATA_SUFFIXES)
    return "\n".join([*lines, "/* /404.html 404", ""])


def _write_sitemap(sitemap: SiteMap, known: str) -> str:
    pages = sorted(sitemap.pages)[:_MOST_ADDRESSES]
    lines = "".join(f"<url><loc>{escape(known + quote_path(path) + ('/' if path else ''))}</loc></url>\n" for path in pages)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n'
