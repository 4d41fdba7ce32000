"""A patient's tab in a real browser."""

from __future__ import annotations


class Visit:
    """One patient's tab, and everything that it asked for or complained about."""

    def __init__(self, page, address):
        """Listens to the tab from the start."""
        self.page = page
        self.address = address
        self.complaints = []
        self.elsewhere = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._requested)
        page.on("dialog", self._asked)

    def _said(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, dialog):
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _requested(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def open(self, path="/"):
        self.page.goto(f"{self.address}{path}")
        self.page.wait_for_selector("#cw-box textarea")

    def ask(self, question):
        before = self.page.locator(".bot-row").count()
        self.page.fill("#cw-box textarea", question)
        self.page.keyboard.press("Enter")
        reply = self.page.locator(".bot-row").nth(before)
        reply.locator(".cw-answer:not(.cw-waiting)").wait_for()
        self.page.locator("#cw-send").wait_for()
        return reply
