"""Horizon with masakari-dashboard, used in a browser as an operator does."""

import os
import re
import shutil
import subprocess
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

from sdk import connect
from steps import wait

PROGRAMS = {
    "/usr/lib/python3/dist-packages/masakaridashboard": "python3-masakari-dashboard",
    "/usr/lib/python3/dist-packages/openstack_dashboard": "openstack-dashboard",
    "/usr/lib/python3/dist-packages/selenium": "python3-selenium",
    "/usr/bin/chromium": "chromium",
    "/usr/bin/chromedriver": "chromium-driver",
}

ADDRESS = "127.0.0.1:8899"
PANELS = f"http://{ADDRESS}/masakaridashboard/"
PICTURES = Path(__file__).parents[2] / "target/dashboard"

# Debian's settings, what a site must set, and small pages; logs each request to Ukemi with its answer
SETTINGS = f"""
import os
from openstack_dashboard.settings import *
ROOT_URLCONF = "walk_urls"
ALLOWED_HOSTS = ["127.0.0.1"]
OPENSTACK_KEYSTONE_URL = os.environ["OS_AUTH_URL"]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SECRET_KEY = "walk"
API_RESULT_PAGE_SIZE = 2
LOGGING["handlers"]["console"]["level"] = "DEBUG"
"""

URLS = """
from django.conf import settings
from django.urls import include, re_path
from django.views.static import serve
urlpatterns = [
    re_path("^static/(?P<path>.*)$", serve, {"document_root": settings.STATIC_ROOT}),
    re_path("", include("openstack_dashboard.urls")),
]
"""


def walk_dashboard(walk):
    with Horizon() as horizon, Operator(walk) as operator:
        try:
            operator.login()
            segments(operator)
            hosts(operator)
            notifications(operator)
            deletions(operator)
            # the segment of a name that is taken, and of a description in two lines
            walk.check("dashboard", "what Ukemi refused", horizon.refused(), ["409", "400"])
        except Exception:
            operator.picture("error")
            print(horizon.log())
            raise


def segments(operator):
    create = "#failover_segment__action_create"
    done = "Success: Successfully created segment"
    operator.open("segments/")
    operator.sees("no segments", [])
    operator.form("create a segment", create, done, name="rack-1", recovery_method="auto")
    operator.form("create a segment", create, done, name="rack-2", recovery_method="rh_priority",
                  description="second rack")
    operator.form("create a disabled segment", create, done, name="rack-3", recovery_method="reserved_host",
                  is_enabled=False)
    operator.form("create a segment of that name", create,
                  'Error: Segment with name "rack-1" already exists', name="rack-1")
    # a browser sends CR LF, which Masakari refuses too
    operator.form("describe a segment in two lines", create, "Error: Failed to create segment",
                  name="rack-4", description="two\nlines")

    operator.open("segments/")
    operator.sees("segments, first page", [["rack-3", "reserved_host", "No"], ["rack-2", "rh_priority", "Yes"]],
                  1, 3, 6)
    operator.click("a[href*='marker=']")
    operator.sees("segments, next page", [["rack-1", "auto", "Yes"]], 1, 3, 6)
    operator.search("recovery_method", "rh_priority")
    operator.sees("segments of a method", [["rack-2", "compute", "second rack"]], 1, 4, 5)
    operator.search("is_enabled", "No")
    operator.sees("disabled segments", [["rack-3"]], 1)
    operator.search("service_type", "compute")

    operator.form("update a segment", operator.action("rack-3", "update"), "Success: Successfully updated segment.",
                  name="rack-3b", recovery_method="auto_priority", description="third", is_enabled=True)
    operator.sees("the updated segment", [["rack-3b", "auto_priority", "third", "Yes"]], 1, 3, 5, 6, only="rack-3b")
    operator.click_text("rack-3b")
    operator.page("its details", "rack-3b", "auto_priority", "third")


def hosts(operator):
    operator.open("segments/")
    done = "Success: Host created successfully."
    operator.form("add a host", operator.action("rack-2", "add_host"), done, name="compute-2", type="COMPUTE",
                  control_attributes="SSH")
    operator.open("segments/")
    operator.form("add a reserved host", operator.action("rack-2", "add_host"), done, name="compute-3", type="KVM",
                  control_attributes="IPMI", reserved="True", on_maintenance="True")
    operator.open("hosts/")
    operator.sees("hosts", [["compute-3", "True", "KVM", "IPMI", "True"],
                            ["compute-2", "False", "COMPUTE", "SSH", "False"]], 1, 3, 4, 5, 6)
    for field, value in (("reserved", "True"), ("on_maintenance", "True"), ("type", "KVM")):
        operator.search(field, value)
        operator.sees(f"hosts where {field} is {value}", [["compute-3"]], 1)
    operator.form("update a host", operator.action("compute-3", "update"), "Success: Successfully updated host.",
                  type="COMPUTE", control_attributes="SSH", reserved="False", on_maintenance="False")
    operator.search("type", "COMPUTE")
    operator.sees("the updated host", [["compute-3", "False", "COMPUTE", "SSH", "False"]], 1, 3, 4, 5, 6,
                  only="compute-3")
    operator.click_text("compute-3")
    operator.page("its details", "compute-3", "COMPUTE", "SSH")
    operator.open("segments/")
    operator.click_text("rack-2")
    operator.click_text("Hosts", among=".nav-tabs a")
    wait("the hosts", 30, operator.cells)
    operator.sees("hosts of a segment", [["compute-3"], ["compute-2"]], 1)


def notifications(operator):
    ha = connect().instance_ha

    def report(event):
        sent = ha.create_notification(
            type="PROCESS", hostname="compute-2", generated_time=datetime.now(timezone.utc),
            payload={"event": event, "process_name": "ntpd"})
        wait("its end", 60, lambda: ha.get_notification(sent.notification_uuid).status == "finished")
        return sent

    stopped = report("STOPPED")
    report("STARTED")
    ha.create_notification(
        type="VM", hostname="compute-3", generated_time=datetime.now(timezone.utc),
        payload={"event": "LIFECYCLE", "instance_uuid": str(uuid4()), "vir_domain_event": "STOPPED_SHUTDOWN"})
    operator.open("notifications/")
    operator.sees("notifications, first page", [["VM", "ignored"], ["PROCESS", "finished"]], 2, 3)
    operator.click("a[href*='marker=']")
    operator.sees("notifications, next page", [[stopped.notification_uuid, "finished"]], 1, 3)
    operator.search("source_host_uuid", stopped.source_host_uuid)
    operator.sees("notifications of a host", [["PROCESS"], ["PROCESS"]], 2)
    operator.search("status", "ignored")
    operator.sees("ignored notifications", [["VM"]], 2)
    operator.search("generated_since", "2026-01-01T00:00:00")
    operator.sees("recent notifications", [["VM"], ["PROCESS"]], 2)
    operator.search("type", "PROCESS")
    operator.click_text(stopped.notification_uuid)
    operator.page("its details", stopped.source_host_uuid, "PROCESS", "finished", "ntpd")
    operator.click_text("Progress Details", among=".nav-tabs a")
    tasks = wait("progress details", 30, operator.cells)
    operator.picture("progress")
    operator.walk.check("dashboard", "progress details: a time and a text in each row",
                        all(re.search(r"\d{4}", row[1]) and row[2] for row in tasks), True)


def deletions(operator):
    operator.open("hosts/")
    operator.search("type", "COMPUTE")
    operator.delete("delete the hosts", "host", "compute-2", "compute-3")
    operator.open("segments/")
    operator.search("service_type", "compute")
    operator.delete("delete segments", "failover_segment", "rack-2", "rack-3b")
    operator.sees("the segments left", [["rack-1"]], 1)
    operator.delete("delete the last segment", "failover_segment", "rack-1")
    operator.sees("no segments left", [])


class Horizon:
    """Runs while its block does."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "walk_settings.py").write_text(SETTINGS)
        (self.folder / "walk_urls.py").write_text(URLS)
        self.output = (self.folder / "horizon.log").open("w")
        self.process = subprocess.Popen(
            ["/usr/bin/python3", "-W", "ignore", "-m", "django", "runserver", "--noreload", ADDRESS],
            stdout=self.output, stderr=self.output,
            env=os.environ | {"PYTHONPATH": str(self.folder), "DJANGO_SETTINGS_MODULE": "walk_settings"})
        wait("Horizon", 60, self._answers)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(30)
        self.output.close()
        shutil.rmtree(self.folder)

    def log(self):
        return (self.folder / "horizon.log").read_text()

    def refused(self):
        """What Ukemi answered otherwise than with success, in order."""
        answers = re.findall(r"^DEBUG keystoneauth.session RESP: \[(\d+)\].*instance-ha", self.log(), re.MULTILINE)
        return [answer for answer in answers if not answer.startswith("2")]

    def _answers(self):
        try:
            return urlopen(f"http://{ADDRESS}/auth/login/").status == 200
        except OSError:
            return False


class Operator:
    """Somebody with a browser; looks while its block runs."""

    def __init__(self, walk):
        self.walk = walk
        self.pictures = 0

    def __enter__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        PICTURES.mkdir(parents=True, exist_ok=True)
        options = webdriver.ChromeOptions()
        for word in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "window-size=1400,900"):
            options.add_argument(f"--{word}")
        self.browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        return self

    def __exit__(self, *_):
        self.browser.quit()

    def login(self):
        self.browser.get(f"http://{ADDRESS}/auth/login/")
        self.fill(username=os.environ["OS_USERNAME"], password=os.environ["OS_PASSWORD"])
        self.click("#loginBtn")
        wait("the login", 60, lambda: "/auth/login" not in self.browser.current_url)

    def open(self, panel):
        self.browser.get(PANELS + panel)

    def shown(self, selector):
        return [element for element in self.browser.find_elements("css selector", selector) if element.is_displayed()]

    def one(self, selector):
        """The first that is shown, once it is."""
        return wait(selector, 30, lambda: next(iter(self.shown(selector)), None))

    def click(self, selector):
        self.one(selector).click()

    def click_text(self, text, among="table.datatable a"):
        wait(text, 30, lambda: next((link for link in self.shown(among) if link.text == text), None)).click()

    def fill(self, **fields):
        for name, value in fields.items():
            field = wait(name, 30, lambda: next(iter(self.browser.find_elements("name", name)), None))
            # Horizon hides lists and boxes behind its own
            if field.tag_name == "select":
                self.browser.execute_script("$(arguments[0]).val(arguments[1]).change()", field, value)
            elif field.get_attribute("type") == "checkbox":
                self.browser.execute_script("arguments[0].checked = arguments[1]", field, value)
            else:
                field.clear()
                field.send_keys(value)

    def form(self, what, button, says, **fields):
        """Fills in the form behind a button and submits it."""
        self.click(button)
        self.one(".modal-dialog form [type=submit]")
        self.fill(**fields)
        self.picture(what)
        self.click(".modal-dialog form [type=submit]")
        self.told(what, says)

    def delete(self, what, table, *names):
        for row in self.table():
            if row.text.split()[0] in names:
                row.find_element("css selector", "input + label").click()
        self.click(f"#{table}__action_delete")
        self.picture(what)
        self.click(".modal-dialog .btn-danger")
        self.told(what, "Success: Deleted")

    def action(self, name, action):
        """The button of an action on the row of that name, which may be in a list to be opened."""
        row = wait(name, 30, lambda: next((row for row in self.table() if name in row.text.split()), None))
        button = row.find_element("css selector", f"a[id$='__action_{action}']")
        if not button.is_displayed():
            row.find_element("css selector", ".dropdown-toggle").click()
        return f"[id='{button.get_attribute('id')}']"

    def search(self, field, value):
        chosen = self.browser.find_element("css selector", "select[name$='__filter__q_field']")
        self.browser.execute_script("$(arguments[0]).val(arguments[1]).change()", chosen, field)
        text = self.one("input[name$='__filter__q']")
        text.clear()
        text.send_keys(value)
        page = self.browser.find_element("tag name", "html").id
        self.click("button[id$='__action_filter']")
        wait("the page", 30, lambda: self.browser.find_element("tag name", "html").id != page)

    def told(self, what, says):
        message = wait("a message", 60, lambda: " ".join(text.text for text in self.shown(".alert p")))
        self.picture(what)
        if not message.startswith(says):
            self.walk.wrong("dashboard", what, message, says)
        self.walk.step("dashboard", what, message)

    def sees(self, what, expected, *columns, only=None):
        """Exactly these cells, in the rows of the page; or in the row of one name."""
        self.picture(what)
        seen = [[row[column] for column in columns] for row in self.cells() if only is None or only in row]
        self.walk.check("dashboard", what, seen, expected)

    def page(self, what, *texts):
        """Each of these in the details."""
        shown = self.one(".detail").text
        self.picture(what)
        self.walk.check("dashboard", what, [text for text in texts if text in shown], list(texts))

    def cells(self):
        # at once: some tables load themselves anew
        return self.browser.execute_script(
            "return $('table.datatable tbody tr:visible:not(.empty)').get()"
            ".map(row => $('td', row).get().map(cell => cell.innerText.trim()))")

    def table(self):
        return self.shown("table.datatable tbody tr:not(.empty)")

    def picture(self, name):
        self.pictures += 1
        self.browser.save_screenshot(str(PICTURES / f"{self.pictures:02}-{name.replace(' ', '-')}.png"))
