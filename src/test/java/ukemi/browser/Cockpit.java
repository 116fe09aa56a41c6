package ukemi.browser;

import org.openqa.selenium.By;

/** Cockpit as a person uses it who is logged in to Tasklist. */
final class Cockpit {

  private final Browser browser;
  private final String url;

  Cockpit(Browser browser, String ukemi) {
    this.browser = browser;
    this.url = ukemi + "/camunda/app/cockpit/default/";
  }

  void open() {
    browser.go(url, By.xpath("//*[contains(@class, 'dashboard')]//*[number(.) > 0]"));
  }

  /** Opens the drawing of a run; gives the number of tokens that it shows at an activity. */
  String tokensOfRun(String processInstance, String activity) {
    browser.go(url + "#/process-instance/" + processInstance + "/runtime");
    return browser.text(By.cssSelector("[data-container-id='%s'] .badge".formatted(activity)));
  }

  /** Opens the drawing of a process with all that runs. */
  void openProcess(String definition) {
    browser.go(url + "#/process-definition/" + definition + "/runtime");
    browser.see(By.cssSelector("[data-container-id] .badge"));
  }

  void picture(String name) {
    browser.picture(name);
  }
}
