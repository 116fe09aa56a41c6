package ukemi.runbook;

import ukemi.engine.PlannedErrors;

/** Stands behind a task of the models in src/test/resources/models; no bean of the program. */
@PlannedErrors("NO_LUCK")
public class DoExampleWork {}
