"""Make pages for people: templates, a style sheet, and what a page shows. No frameworks."""

from airm_graph.site.site_pages import SitePages

__all__ = ["SitePages"]
