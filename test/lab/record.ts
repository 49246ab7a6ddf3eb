import { liveThrough, progress } from './incident.ts';
import { type Plan, parsePlan, usage } from './plan.ts';
import { withLab } from './watched.ts';

/** Records one incident after the other in a lab that lives on; one that fails leaves the others their turn. */
async function record(plan: Plan): Promise<void> {
  await withLab(plan, async watched => {
    for (const { incident, out } of plan.incidents)
      try {
        await liveThrough(watched, incident, out);
      } catch (error) {
        process.exitCode = 1;
        progress(`${incident.name} failed: ${error instanceof Error ? error.message : error}`);
      }
  });
}

try {
  const plan = parsePlan(process.argv.slice(2));
  if (plan) await record(plan);
  else console.log(usage);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
