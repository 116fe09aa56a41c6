package ukemi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A private certificate authority, as a site has one. */
public final class TestAuthority {

  private static final String PASSWORD = "changeit";

  private final Path folder;
  private final String name;

  /** A new one, with its files in that folder. */
  public TestAuthority(Path folder, String name) {
    this.folder = folder;
    this.name = name;
    keytool("-genkeypair", "-dname", "CN=" + name, "-ext", "bc:c", "-keystore", store(name));
    write(name + ".pem", keytool("-exportcert", "-rfc", "-keystore", store(name)));
  }

  /** Its own certificate (PEM), which clients trust. */
  public Path certificate() {
    return folder.resolve(name + ".pem");
  }

  /** A certificate for this machine, and its key. */
  public Identity issue(String subject) {
    String store = store(subject);
    keytool("-genkeypair", "-dname", "CN=" + subject, "-keystore", store);
    Path request = write(subject + ".csr", keytool("-certreq", "-keystore", store));
    String signed =
        keytool(
            "-gencert",
            "-rfc",
            "-infile",
            request.toString(),
            "-ext",
            "san=dns:localhost,ip:127.0.0.1",
            "-keystore",
            store(name));
    Path certificate = write(subject + ".pem", signed);
    Path chain = write(subject + "-chain.pem", signed + "\n" + read(certificate()));
    keytool("-importcert", "-noprompt", "-file", chain.toString(), "-keystore", store);
    return new Identity(certificate, key(subject), context(Path.of(store)));
  }

  /**
   * Who a server is.
   *
   * @param certificate PEM
   * @param key PEM, PKCS#8, readable by its owner alone
   * @param tls the same for Java
   */
  public record Identity(Path certificate, Path key, SSLContext tls) {}

  /** Trusts this authority alone. */
  public SSLContext trust() {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", load(Path.of(store(name))).getCertificate("k"));
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path key(String subject) {
    try {
      byte[] key = load(Path.of(store(subject))).getKey("k", PASSWORD.toCharArray()).getEncoded();
      Path file =
          write(
              subject + ".key",
              "-----BEGIN PRIVATE KEY-----\n"
                  + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
                  + "\n-----END PRIVATE KEY-----\n");
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLContext context(Path file) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(load(file), PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream input = Files.newInputStream(file)) {
      store.load(input, PASSWORD.toCharArray());
    }
    return store;
  }

  private String store(String subject) {
    return folder.resolve(subject + ".p12").toString();
  }

  private Path write(String file, String text) {
    try {
      return Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String keytool(String verb, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(verb, "-alias", "k", "-storepass", PASSWORD));
    command.addAll(List.of(arguments));
    if (verb.equals("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC", "-validity", "30"));
    }
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
