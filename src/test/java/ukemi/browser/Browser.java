package ukemi.browser;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.NotFoundException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * Chromium without a window. A page is built by scripts while it is looked at, so whatever is asked
 * for is waited for.
 */
final class Browser implements AutoCloseable {

  /** Pages take long on a machine that is busy with other tests. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration ONE_LOAD = Duration.ofMinutes(1);

  private static final Path PICTURES = Path.of("target", "browser");

  /** An operator's screen. */
  private static final Dimension SCREEN = new Dimension(1600, 1000);

  private static final String HIDDEN_HEIGHT =
      """
      return Math.max(...Array.from(document.querySelectorAll('*'))
          .filter(element => ['auto', 'scroll'].includes(getComputedStyle(element).overflowY))
          .map(element => element.scrollHeight - element.clientHeight), 0)""";

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts it; without one on this machine the tests are skipped, but never in CI. */
  static Browser start() {
    Optional<File> chromium = onPath("chromium").or(() -> onPath("google-chrome"));
    Optional<File> chromedriver = onPath("chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      String missing = "chromium and chromedriver are not both installed";
      if (System.getenv("CI") != null) {
        throw new AssertionError(missing);
      }
      System.err.println("Skipped: " + missing);
      Assumptions.abort(missing);
    }
    ChromeOptions options =
        new ChromeOptions()
            .setBinary(chromium.orElseThrow())
            .addArguments(
                "--headless=new",
                "--window-size=" + SCREEN.getWidth() + "," + SCREEN.getHeight(),
                "--lang=en",
                // CI runs as root, in a container with a small /dev/shm
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                // it talks to nobody but us
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-quic",
                "--disable-sync");
    return new Browser(
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.orElseThrow())
                .usingAnyFreePort()
                .withTimeout(PATIENCE)
                .build(),
            options));
  }

  private static Optional<File> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> new File(folder, program))
        .filter(File::canExecute)
        .findFirst();
  }

  void go(String url) {
    driver.get(url);
  }

  /** Opens a page; one that stays empty is loaded again, as a person does it. */
  void go(String url, By shown) {
    await("open " + url)
        .atMost(PATIENCE)
        .until(
            () -> {
              go(url);
              return isShownInTime(shown);
            });
  }

  private boolean isShownInTime(By where) {
    try {
      await()
          .atMost(ONE_LOAD)
          .ignoreExceptionsInstanceOf(WebDriverException.class)
          .until(() -> shown(where).isPresent());
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  private Optional<WebElement> shown(By where) {
    return driver.findElements(where).stream().filter(WebElement::isDisplayed).findFirst();
  }

  /** What is shown there, once it is. */
  WebElement see(By where) {
    return patiently(
        "see " + where, () -> shown(where).orElseThrow(() -> new NotFoundException("not shown")));
  }

  /** Waits until it is no longer shown. */
  void seeGone(By where) {
    await("gone: " + where)
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(WebDriverException.class)
        .until(() -> driver.findElements(where).stream().noneMatch(WebElement::isDisplayed));
  }

  void click(By where) {
    patiently(
        "click " + where,
        () -> {
          WebElement element = see(where);
          if (!element.isEnabled()) {
            throw new NotFoundException("disabled");
          }
          driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", element);
          element.click();
          return true;
        });
  }

  /** Replaces the text of a field. */
  void type(By where, String text) {
    patiently(
        "type into " + where,
        () -> {
          WebElement field = see(where);
          field.clear();
          field.sendKeys(text);
          return true;
        });
  }

  /** What it says, or holds when it is a field. */
  String text(By where) {
    return patiently(
        "read " + where,
        () -> {
          WebElement element = see(where);
          String value = element.getDomProperty("value");
          return value == null ? element.getText() : value;
        });
  }

  private static <T> T patiently(String what, Callable<T> work) {
    return await(what)
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(WebDriverException.class)
        .until(work, result -> true);
  }

  /**
   * Keeps a picture for people, {@code target/browser/<name>.png}, and one of all that can be
   * scrolled to, {@code <name>-whole.png}.
   */
  void picture(String name) {
    save(name);
    long hidden = (Long) driver.executeScript(HIDDEN_HEIGHT);
    if (hidden > 0) {
      driver
          .manage()
          .window()
          .setSize(new Dimension(SCREEN.getWidth(), SCREEN.getHeight() + (int) hidden));
      save(name + "-whole");
      driver.manage().window().setSize(SCREEN);
    }
  }

  private void save(String name) {
    try {
      Files.createDirectories(PICTURES);
      Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
