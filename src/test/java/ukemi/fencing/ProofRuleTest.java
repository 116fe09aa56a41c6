package ukemi.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static ukemi.fencing.PowerState.OFF;
import static ukemi.fencing.PowerState.ON;
import static ukemi.fencing.PowerState.UNKNOWN;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProofRuleTest {

  private static final Instant ORDER_ENDED = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<PowerOrder> ORDERS = List.of(order("abc", at(-1), at(0)));

  private final ProofRule rule = new ProofRule(Duration.ofSeconds(5));

  @Test
  void twoOffReadingsAGapApartProve() {
    assertThat(proven(reading(OFF, 1), reading(OFF, 6))).isTrue();
  }

  @Test
  void oneOffReadingProvesNothing() {
    assertThat(proven(reading(OFF, 6))).isFalse();
  }

  @Test
  void readingsTooCloseTogetherProveNothing() {
    assertThat(proven(reading(OFF, 1), reading(OFF, 5.9))).isFalse();
  }

  @Test
  void aThirdOffBetweenDoesNoHarm() {
    assertThat(proven(reading(OFF, 1), reading(OFF, 4), reading(OFF, 7))).isTrue();
  }

  @Test
  void aReadingBegunBeforeTheOrderEndedDoesNotCount() {
    assertThat(proven(reading(OFF, -0.1), reading(OFF, 6))).isFalse();
    assertThat(proven(reading(OFF, 0), reading(OFF, 6))).isFalse();
    assertThat(proven(reading(OFF, -0.1), reading(OFF, 1), reading(OFF, 6))).isTrue();
  }

  @Test
  void withoutAnOrderNothingIsProven() {
    assertThat(rule.proof(List.of(), List.of(reading(OFF, 1), reading(OFF, 9)))).isEmpty();
  }

  @Test
  void whileAnOrderIsUnderWayNothingIsProven() {
    List<PowerOrder> orders = List.of(order("abc", at(-1), at(0)), order("abc", at(0.5), null));
    assertThat(rule.proof(orders, List.of(reading(OFF, 1), reading(OFF, 9)))).isEmpty();
  }

  @Test
  void onlyReadingsAfterTheLastOrderCount() {
    List<PowerOrder> orders = List.of(order("abc", at(-1), at(0)), order("abc", at(7), at(8)));
    assertThat(rule.proof(orders, List.of(reading(OFF, 1), reading(OFF, 9)))).isEmpty();
    assertThat(rule.proof(orders, List.of(reading(OFF, 9), reading(OFF, 14)))).isPresent();
  }

  @Test
  void unknownBetweenResets() {
    assertThat(proven(reading(OFF, 1), reading(UNKNOWN, 4), reading(OFF, 7))).isFalse();
  }

  @Test
  void onBetweenResets() {
    assertThat(proven(reading(OFF, 1), reading(ON, 4), reading(OFF, 7))).isFalse();
  }

  @Test
  void anythingElseAfterwardsResets() {
    assertThat(proven(reading(OFF, 1), reading(OFF, 7), reading(UNKNOWN, 8))).isFalse();
    assertThat(proven(reading(OFF, 1), reading(OFF, 7), reading(ON, 8))).isFalse();
  }

  @Test
  void aFlappingMachineIsProvenOnlyByItsLastTwo() {
    assertThat(proven(reading(OFF, 1), reading(ON, 4), reading(OFF, 7), reading(OFF, 11)))
        .isFalse();
    assertThat(proven(reading(OFF, 1), reading(ON, 4), reading(OFF, 7), reading(OFF, 12))).isTrue();
  }

  @Test
  void aMachineThatIsPoweringOnAndShownAsOffOnceIsNotProvenOff() {
    assertThat(proven(reading(ON, 1), reading(OFF, 4), reading(ON, 9))).isFalse();
  }

  @Test
  void aReadingOfAnotherMachineNeverCounts() {
    PowerReading other = new PowerReading("other", at(1), at(1), OFF, "");
    assertThat(proven(other, reading(OFF, 7))).isFalse();
    PowerReading laterOther = new PowerReading("other", at(4), at(4), OFF, "");
    assertThat(proven(reading(OFF, 1), laterOther, reading(OFF, 7))).isFalse();
  }

  @Test
  void aSlowAnswerIsCountedFromItsEnd() {
    assertThat(proven(reading(OFF, 1, 5), reading(OFF, 9))).isFalse();
    assertThat(proven(reading(OFF, 1, 4), reading(OFF, 9))).isTrue();
  }

  @Test
  void anOnThatWasBeingReadMeanwhileResets() {
    assertThat(proven(reading(ON, -5, 3), reading(OFF, 1), reading(OFF, 6))).isFalse();
  }

  @Test
  void onIsStillOnOnlyTenSecondsAfterTheOrder() {
    assertThat(rule.stillOn(ORDERS, List.of(reading(ON, 9.9)))).isFalse();
    assertThat(rule.stillOn(ORDERS, List.of(reading(ON, 10)))).isTrue();
  }

  @Test
  void onBeforeAnOffIsNotStillOn() {
    assertThat(rule.stillOn(ORDERS, List.of(reading(ON, 11), reading(OFF, 14)))).isFalse();
    assertThat(rule.stillOn(ORDERS, List.of(reading(OFF, 11), reading(ON, 14)))).isTrue();
  }

  @Test
  void unknownIsNeitherOffNorStillOn() {
    List<PowerReading> readings = List.of(reading(UNKNOWN, 11), reading(UNKNOWN, 60));
    assertThat(rule.proof(ORDERS, readings)).isEmpty();
    assertThat(rule.stillOn(ORDERS, readings)).isFalse();
  }

  private boolean proven(PowerReading... readings) {
    return rule.proof(ORDERS, List.of(readings)).isPresent();
  }

  private static PowerOrder order(String systemId, Instant begun, Instant ended) {
    return new PowerOrder(1, systemId, begun, ended, null);
  }

  private static PowerReading reading(PowerState state, double begun) {
    return reading(state, begun, begun);
  }

  private static PowerReading reading(PowerState state, double begun, double ended) {
    return new PowerReading("abc", at(begun), at(ended), state, "");
  }

  private static Instant at(double seconds) {
    return ORDER_ENDED.plusMillis((long) (seconds * 1000));
  }
}
