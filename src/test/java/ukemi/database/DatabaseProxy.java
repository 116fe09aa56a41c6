package ukemi.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between the program and PostgreSQL, and can be away. */
public final class DatabaseProxy implements AutoCloseable {

  private final URI target;
  private final int port;

  /** Never listens: it only keeps the port from others while nobody listens at it. */
  private final Socket reservation = new Socket();

  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket server;
  private volatile boolean hanging;

  /** A proxy in front of the database with that JDBC address. */
  public DatabaseProxy(String jdbcUrl) {
    target = URI.create(jdbcUrl.substring("jdbc:".length()));
    try {
      reservation.setReuseAddress(true);
      reservation.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    port = reservation.getLocalPort();
    listen();
  }

  /** The JDBC address through the proxy. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:%d%s?%s"
        .formatted(port, target.getPath(), target.getQuery());
  }

  /** Cuts every connection and refuses new ones. */
  public void refuse() {
    closeQuietly(server);
    cutAll();
  }

  /** Says nothing any more, on old connections and on new ones. */
  public void hang() {
    hanging = true;
  }

  /** All well again; connections from before are lost. */
  public void heal() {
    cutAll();
    hanging = false;
    if (server.isClosed()) {
      listen();
    }
  }

  @Override
  public void close() {
    refuse();
    closeQuietly(reservation);
  }

  private void listen() {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 200);
      server = socket;
      start(() -> accept(socket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        sockets.add(client);
        Socket database = new Socket(target.getHost(), target.getPort());
        sockets.add(database);
        start(() -> pump(client, database));
        start(() -> pump(database, client));
        if (listening.isClosed()) {
          cut(client); // it came while all were being cut
        }
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[65536];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        while (hanging && !from.isClosed()) {
          Thread.sleep(50);
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // cut
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cut(from);
      cut(to);
    }
  }

  private void cutAll() {
    Set.copyOf(sockets).forEach(this::cut);
  }

  private void cut(Socket socket) {
    sockets.remove(socket);
    closeQuietly(socket);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // it is closed one way or another
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "database-proxy");
    thread.setDaemon(true);
    thread.start();
  }
}
