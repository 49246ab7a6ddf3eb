import type { Command } from 'commander';
import { auditCommand } from './audit.ts';
import { backtestCommand } from './backtest.ts';
import { canaryCommand } from './canary.ts';
import { checkCommand } from './check.ts';
import { completionCommand } from './completion.ts';
import { correlateCommand } from './correlate.ts';
import { dashboardsCommand } from './dashboards.ts';
import { demoCommand } from './demo.ts';
import { detectCommand } from './detect.ts';
import { diagnoseCommand } from './diagnose.ts';
import { explainCommand } from './explain.ts';
import { forecastCommand } from './forecast.ts';
import { historyCommand } from './history.ts';
import { incidentCommand } from './incident.ts';
import { initCommand } from './init.ts';
import { modelsCommand } from './models.ts';
import { predictCommand } from './predict.ts';
import { reportCommand } from './report.ts';
import { rulesCommand } from './rules.ts';
import { runCommand } from './run.ts';
import { sessionsCommand } from './sessions.ts';
import { templatesCommand } from './templates.ts';
import { topologyCommand } from './topology.ts';

/** The register of commands, in the order of the help. */
export const commands: readonly (() => Command)[] = [
  demoCommand,
  initCommand,
  runCommand,
  checkCommand,
  detectCommand,
  sessionsCommand,
  templatesCommand,
  correlateCommand,
  diagnoseCommand,
  forecastCommand,
  predictCommand,
  historyCommand,
  backtestCommand,
  canaryCommand,
  explainCommand,
  modelsCommand,
  topologyCommand,
  dashboardsCommand,
  rulesCommand,
  reportCommand,
  incidentCommand,
  auditCommand,
  completionCommand,
];
