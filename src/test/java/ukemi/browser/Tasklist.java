package ukemi.browser;

import org.openqa.selenium.By;

/** Tasklist as a person uses it: by the words on the page. */
final class Tasklist {

  private static final By START_PROCESS = By.cssSelector(".start-process-action");
  private static final By FORM = By.cssSelector(".fjs-form");
  private static final By COMPLETE =
      By.xpath("//button[normalize-space() = 'Complete' or normalize-space() = 'Start']");
  private static final By NOT_MINE = By.cssSelector(".disabled-form");

  private final Browser browser;
  private final String url;

  Tasklist(Browser browser, String ukemi) {
    this.browser = browser;
    this.url = ukemi + "/camunda/app/tasklist/default/";
  }

  void open() {
    browser.go(url, START_PROCESS);
  }

  void logIn(String user, String password) {
    browser.go(url);
    browser.type(By.cssSelector("input[type=text]"), user);
    browser.type(By.cssSelector("input[type=password]"), password);
    browser.click(By.cssSelector("button[type=submit]"));
    browser.see(START_PROCESS);
  }

  /** Waits for the task to come up in the list, and opens it. */
  void open(String task) {
    browser.click(
        By.xpath(
            "//*[contains(@class, 'tasks-list')]//a[normalize-space() = '%s']".formatted(task)));
    browser.see(
        By.xpath(
            "//*[contains(@class, 'task-card')]//h2[normalize-space() = '%s']".formatted(task)));
    browser.see(FORM);
  }

  void claim() {
    browser.click(By.cssSelector("button.claim"));
    browser.seeGone(NOT_MINE);
  }

  /** Chooses one of several answers. */
  void choose(String answer) {
    browser.click(By.xpath("//label[contains(normalize-space(), '%s')]".formatted(answer)));
  }

  /** Chooses one of a list that opens. */
  void choose(String field, String answer) {
    browser.click(By.xpath(labelled(field) + "/..//*[contains(@class, 'fjs-input-group')]"));
    browser.click(
        By.xpath("//*[contains(@class, 'fjs-dropdownlist-item')][. = '%s']".formatted(answer)));
  }

  void fill(String field, String text) {
    browser.type(By.xpath(labelled(field) + "/..//*[self::input or self::textarea]"), text);
  }

  private static String labelled(String field) {
    return "//label[starts-with(normalize-space(), '%s')]".formatted(field);
  }

  /** All that the form says. */
  String form() {
    return browser.text(FORM);
  }

  /** Completes the task, or starts the process, of the form. */
  void complete() {
    tryToComplete();
    browser.seeGone(FORM);
  }

  /** The same when the form is not good enough. */
  void tryToComplete() {
    browser.click(COMPLETE);
  }

  /** Why the form does not take what is in the field; closes the message that lies over it. */
  String refusal(String field) {
    String refusal =
        browser.text(
            By.xpath(labelled(field) + "/..//*[contains(@class, 'fjs-form-field-error')]"));
    browser.click(By.cssSelector(".notifications .close"));
    return refusal;
  }

  /** Opens the form that starts a process. */
  void start(String process) {
    browser.click(By.cssSelector(".start-process-action a"));
    browser.click(
        By.xpath(
            "//*[contains(@class, 'modal-content')]//a[contains(normalize-space(), '%s')]"
                .formatted(process)));
    browser.see(FORM);
  }

  void picture(String name) {
    browser.picture(name);
  }
}
