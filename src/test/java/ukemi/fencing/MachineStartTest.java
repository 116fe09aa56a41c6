package ukemi.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The machine of a repaired host is switched on only when it is off and its return goes on. */
class MachineStartTest {

  private static final String MACHINE = "qmt3sc";

  private final FakePower power = new FakePower();
  private final MachineIdentity identity = mock(MachineIdentity.class);
  private final MachineStart start = new MachineStart(power, identity, mock(MachineLatch.class));

  private static final class Over extends Exception {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void aMachine() {
    Machine machine = FakePower.deployed(MACHINE, "compute-1");
    power.put(machine);
    when(identity.of("compute-1")).thenReturn(machine);
  }

  @Test
  void aMachineThatIsOffIsSwitchedOnAfterTheLastCheck() throws Exception {
    power.answers(PowerState.OFF);

    start.powerOn("compute-1", () -> power.calls.add("check"));

    assertThat(power.calls).containsExactly("query " + MACHINE, "check", "on " + MACHINE);
  }

  @Test
  void aReturnThatIsOverWhenThePowerHasBeenReadOrdersNothing() {
    power.answers(PowerState.OFF);

    assertThatThrownBy(
            () ->
                start.powerOn(
                    "compute-1",
                    () -> {
                      throw new Over();
                    }))
        .isInstanceOf(Over.class);

    assertThat(power.calls("on ")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = PowerState.class,
      names = {"ON", "UNKNOWN"})
  void whatIsNotReadAsOffIsNotSwitched(PowerState state) {
    power.answers(state);
    try {
      start.powerOn("compute-1", () -> {});
    } catch (NotSwitchedOn e) {
      assertThat(state).isEqualTo(PowerState.UNKNOWN);
    }
    assertThat(power.calls("on ")).isEmpty();
  }
}
