package ukemi;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Has several things done at the same moment. */
public final class AtOnce {

  private AtOnce() {}

  /** Begins them together, each on a thread of its own, and gives their results in order. */
  public static <T> List<T> run(List<Callable<T>> work)
      throws InterruptedException, ExecutionException {
    ExecutorService workers = Executors.newFixedThreadPool(work.size());
    CyclicBarrier together = new CyclicBarrier(work.size());
    try {
      List<Future<T>> ends = new ArrayList<>();
      for (Callable<T> piece : work) {
        ends.add(
            workers.submit(
                () -> {
                  together.await();
                  return piece.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> end : ends) {
        results.add(end.get());
      }
      return results;
    } finally {
      workers.shutdownNow();
    }
  }
}
