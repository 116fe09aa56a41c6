package ukemi.simulator;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ServerSocketFactory;

/**
 * A small HTTP/1.1 server on loopback. The JDK's own sets the Date header itself and can neither
 * reset nor half answer a connection; a simulated cloud must be able to do all three.
 */
final class HttpWire implements Closeable {

  /** Answers one request. */
  interface Handler {
    Answer answer(Request request) throws InterruptedException;
  }

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final ServerSocket server;
  private final ExecutorService threads;
  private final Handler handler;
  private final Map<Socket, Boolean> idle = new ConcurrentHashMap<>();

  HttpWire(int port, ServerSocketFactory sockets, ExecutorService threads, Handler handler)
      throws IOException {
    this.threads = threads;
    this.handler = handler;
    server = sockets.createServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 200);
    threads.execute(this::accept);
  }

  static String httpDate(Instant time) {
    return HTTP_DATE.format(time);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Closes every connection on which no request is being answered, without notice. */
  void dropIdle() {
    idle.forEach(
        (socket, isIdle) -> {
          if (isIdle) {
            closeQuietly(socket);
          }
        });
  }

  @Override
  public void close() throws IOException {
    server.close();
    Set.copyOf(idle.keySet()).forEach(HttpWire::closeQuietly);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        idle.put(socket, true);
        if (server.isClosed()) {
          closeQuietly(socket);
        } else {
          threads.execute(() -> serve(socket));
        }
      } catch (IOException | RejectedExecutionException e) {
        // Closed, or a client that went away before it was served.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      Request request = read(in, out);
      while (request != null) {
        idle.put(socket, false);
        try {
          write(out, request, handler.answer(request));
        } catch (Cut cut) {
          cut(socket, out, cut.way);
          return;
        }
        idle.put(socket, true);
        if (request.header("connection").orElse("").equalsIgnoreCase("close")) {
          return;
        }
        request = read(in, out);
      }
    } catch (IOException e) {
      // The client went away, which is its right.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      idle.remove(socket);
    }
  }

  private static void cut(Socket socket, OutputStream out, Cut.Way way) throws IOException {
    switch (way) {
      case RESET -> socket.setSoLinger(true, 0);
      case HALF_ANSWERED ->
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4711\r\n\r\n{\""
                  .getBytes(StandardCharsets.ISO_8859_1));
      case CLOSED -> {}
    }
  }

  private static Request read(InputStream in, OutputStream out) throws IOException {
    String first = line(in);
    if (first == null) {
      return null;
    }
    String[] parts = first.split(" ");
    if (parts.length != 3) {
      throw new IOException("no HTTP request");
    }
    Instant at = Instant.now();
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).trim(),
          (before, after) -> before + "," + after);
    }
    if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
    byte[] body =
        headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")
            ? chunks(in)
            : exactly(in, Integer.parseInt(headers.getOrDefault("content-length", "0")));
    int mark = parts[1].indexOf('?');
    String path = mark < 0 ? parts[1] : parts[1].substring(0, mark);
    String query = mark < 0 ? "" : parts[1].substring(mark + 1);
    return new Request(at, Request.serviceOf(path), parts[0], path, query, headers, body);
  }

  private static void write(OutputStream out, Request request, Answer answer) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(answer.status()).append(" .\r\n");
    answer.headers().forEach((name, value) -> header(head, name, value));
    if (!answer.headers().containsKey("Date")) {
      header(head, "Date", httpDate(Instant.now()));
    }
    boolean bodiless = answer.status() == 204 || answer.status() == 304;
    if (!bodiless) {
      header(head, "Content-Length", String.valueOf(answer.body().length));
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    if (!bodiless && !request.method().equals("HEAD")) {
      whole.writeBytes(answer.body());
    }
    out.write(whole.toByteArray());
    out.flush();
  }

  private static void header(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line(in);
      if (size == null) {
        throw new EOFException();
      }
      int length = Integer.parseInt(size.split(";")[0].trim(), 16);
      body.writeBytes(exactly(in, length));
      line(in);
      if (length == 0) {
        return body.toByteArray();
      }
    }
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        return null;
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed one way or another.
    }
  }
}
