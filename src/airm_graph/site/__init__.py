"""Make pages for people: templates, a style sheet, and what a page shows. No frameworks.

A server shows them (`SitePages`), or they are written to a folder (`build_site`).
"""

from airm_graph.site.site_pages import SitePages
from airm_graph.site.static_site import SiteReport, build_site

__all__ = ["SitePages", "SiteReport", "build_site"]
