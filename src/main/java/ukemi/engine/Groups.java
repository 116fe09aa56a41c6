package ukemi.engine;

import static org.camunda.bpm.engine.authorization.Authorization.ANY;
import static org.camunda.bpm.engine.authorization.Authorization.AUTH_TYPE_GRANT;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.FilterService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Permission;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.ProcessDefinitionPermissions;
import org.camunda.bpm.engine.authorization.Resource;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.authorization.UserOperationLogCategoryPermissions;
import org.camunda.bpm.engine.filter.Filter;
import org.camunda.bpm.engine.identity.Group;
import org.springframework.stereotype.Component;

/**
 * The groups of Cockpit and Tasklist and what they may do. Only what is missing is created: what an
 * administrator has changed stays.
 */
@Component
class Groups {

  /** May do everything; the engine knows this group by its id. */
  static final String ADMINISTRATORS = "camunda-admin";

  /** See every run, work on tasks, retry, cancel; they start nothing else and delete nothing. */
  static final String OPERATORS = "operators";

  /** What operators start in Tasklist. */
  private static final List<String> STARTED_BY_OPERATORS =
      List.of("cancel-recovery", "retry-recovery", "return-to-service", "planned-work");

  /** Of the engine's properties: a process that came with a later version is granted once. */
  private static final String GRANTED = "ukemi.granted.";

  private static final String ALL_TASKS = "All tasks";

  private record Grant(Resource resource, String id, Permission... permissions) {}

  private static final List<Grant> OPERATOR_GRANTS =
      List.of(
          new Grant(Resources.APPLICATION, "cockpit", Permissions.ACCESS),
          new Grant(Resources.APPLICATION, "tasklist", Permissions.ACCESS),
          new Grant(Resources.APPLICATION, "welcome", Permissions.ACCESS),
          new Grant(
              Resources.PROCESS_DEFINITION,
              ANY,
              ProcessDefinitionPermissions.READ,
              ProcessDefinitionPermissions.READ_INSTANCE,
              ProcessDefinitionPermissions.UPDATE_INSTANCE,
              ProcessDefinitionPermissions.RETRY_JOB,
              ProcessDefinitionPermissions.READ_HISTORY,
              ProcessDefinitionPermissions.READ_TASK,
              ProcessDefinitionPermissions.UPDATE_TASK),
          new Grant(
              Resources.PROCESS_INSTANCE,
              ANY,
              Permissions.READ,
              Permissions.UPDATE,
              Permissions.CREATE),
          new Grant(Resources.TASK, ANY, Permissions.READ, Permissions.UPDATE),
          new Grant(Resources.DECISION_DEFINITION, ANY, Permissions.READ, Permissions.READ_HISTORY),
          new Grant(Resources.DECISION_REQUIREMENTS_DEFINITION, ANY, Permissions.READ),
          new Grant(Resources.DEPLOYMENT, ANY, Permissions.READ),
          new Grant(Resources.FILTER, ANY, Permissions.READ),
          new Grant(
              Resources.OPERATION_LOG_CATEGORY, ANY, UserOperationLogCategoryPermissions.READ));

  private final IdentityService identities;
  private final AuthorizationService authorizations;
  private final FilterService filters;
  private final TaskService tasks;
  private final ManagementService management;

  Groups(
      IdentityService identities,
      AuthorizationService authorizations,
      FilterService filters,
      TaskService tasks,
      ManagementService management) {
    this.identities = identities;
    this.authorizations = authorizations;
    this.filters = filters;
    this.tasks = tasks;
    this.management = management;
  }

  /** Call it in a transaction that keeps other nodes out. */
  void createMissing() {
    if (createGroup(ADMINISTRATORS, "Administrators", "SYSTEM")) {
      for (Resource resource : Resources.values()) {
        grant(ADMINISTRATORS, new Grant(resource, ANY, Permissions.ALL));
      }
    }
    if (createGroup(OPERATORS, "Operators", "WORKFLOW")) {
      OPERATOR_GRANTS.forEach(grant -> grant(OPERATORS, grant));
    }
    STARTED_BY_OPERATORS.forEach(this::letOperatorsStart);
    createFilter();
  }

  private void letOperatorsStart(String process) {
    if (management.getProperties().containsKey(GRANTED + process)) {
      return;
    }
    grant(
        OPERATORS,
        new Grant(
            Resources.PROCESS_DEFINITION,
            process,
            // without it the engine does not let them start it either
            ProcessDefinitionPermissions.READ,
            ProcessDefinitionPermissions.CREATE_INSTANCE));
    management.setProperty(GRANTED + process, "true");
  }

  private boolean createGroup(String id, String name, String type) {
    if (identities.createGroupQuery().groupId(id).count() > 0) {
      return false;
    }
    Group group = identities.newGroup(id);
    group.setName(name);
    group.setType(type);
    identities.saveGroup(group);
    return true;
  }

  private void grant(String group, Grant grant) {
    long existing =
        authorizations
            .createAuthorizationQuery()
            .groupIdIn(group)
            .resourceType(grant.resource())
            .resourceId(grant.id())
            .count();
    if (existing > 0) {
      return;
    }
    Authorization authorization = authorizations.createNewAuthorization(AUTH_TYPE_GRANT);
    authorization.setGroupId(group);
    authorization.setResource(grant.resource());
    authorization.setResourceId(grant.id());
    authorization.setPermissions(grant.permissions());
    authorizations.saveAuthorization(authorization);
  }

  /** Tasklist shows nothing at all without a filter, and nothing new unless the filter says so. */
  private void createFilter() {
    if (filters.createFilterQuery().filterName(ALL_TASKS).count() > 0) {
      return;
    }
    Filter filter = filters.newTaskFilter(ALL_TASKS);
    filter.setQuery(tasks.createTaskQuery());
    filter.setProperties(Map.of("refresh", true));
    filters.saveFilter(filter);
  }
}
