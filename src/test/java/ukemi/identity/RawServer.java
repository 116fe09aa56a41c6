package ukemi.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads one request a connection, and then does what no decent HTTP server does. */
public final class RawServer implements AutoCloseable {

  /** What happens to the n-th request. */
  public interface Behaviour {
    void serve(int number, String request, Socket socket) throws Exception;
  }

  private final ServerSocket server;
  private final AtomicInteger requests = new AtomicInteger();

  public RawServer(Behaviour behaviour) throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> serve(behaviour), "raw server");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Behaviour behaviour) {
    byte[] buffer = new byte[65536];
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        int length = socket.getInputStream().read(buffer);
        if (length > 0) {
          String request = new String(buffer, 0, length, StandardCharsets.US_ASCII);
          behaviour.serve(requests.incrementAndGet(), request, socket);
        }
      } catch (Exception e) {
        // the next one
      }
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  public int requests() {
    return requests.get();
  }

  /** An answer with exactly these headers, and the end of the connection. */
  public static void answer(Socket socket, String headers, String body) throws IOException {
    write(
        socket,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n%s"
            .formatted(body.length(), headers, body));
    socket.close();
  }

  static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
