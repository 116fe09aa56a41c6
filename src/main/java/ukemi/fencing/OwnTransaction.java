package ukemi.fencing;

import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A short transaction of its own, whatever the caller's does. What must be known after a crash (an
 * order that is about to leave) or seen by another thread at once cannot wait for the commit of the
 * process step. Rows written here are never written in the caller's transaction too: it would wait
 * for itself.
 */
@Component
class OwnTransaction {

  private final TransactionTemplate template;

  OwnTransaction(PlatformTransactionManager transactions) {
    template = new TransactionTemplate(transactions);
    template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  void run(Runnable work) {
    template.executeWithoutResult(status -> work.run());
  }

  <T> T call(Supplier<T> work) {
    return template.execute(status -> work.get());
  }
}
