package ukemi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** The certificates of a PEM file, instead of those of the Java runtime. */
public final class TrustedCertificates {

  private static final String EXPECTED = "a PEM file with the certificates of the CAs to trust";

  private TrustedCertificates() {}

  /**
   * Trusts those of the file and no others.
   *
   * @param setting that names the file
   * @throws InvalidSetting when it has no certificate or cannot be read
   */
  public static SSLContext context(String setting, Path file) {
    try {
      // comments may be in any encoding
      String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (!PemContent.isPresentInText(pem)) {
        throw new InvalidSetting(setting, "names a file without a certificate: " + file, EXPECTED);
      }
      PemSslStoreDetails trusted = PemSslStoreDetails.forCertificate(pem);
      return SslBundle.of(new PemSslStoreBundle(null, trusted)).createSslContext();
    } catch (IOException | IllegalStateException e) {
      throw new InvalidSetting(setting, "names a file that cannot be read: " + file, EXPECTED);
    }
  }
}
