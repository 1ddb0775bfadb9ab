// failed-tests.mjs FOLDER: names every failed test of a run, with the first lines of its message, out of what the test programs reported in FOLDER:
// NAME.ctrf.json (Common Test Report Format, of xUnit), NAME.log beside it, and web.json (of Vitest). Prints nothing when nothing failed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const messageLines = 12;
const traceLines = 3;
const [folder] = process.argv.slice(2);
const load = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const names = (suffix) => readdirSync(folder).filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length)).sort();

function say(project, test, message, trace) {
  console.log(`FAILED ${project}: ${test}`);
  const lines = (message ?? '').split(/\r?\n/).filter((line) => line.trim() !== '');
  const where = (trace ?? '').split('\n').filter((line) => line.includes('.cs:line ')).slice(0, traceLines);
  for (const line of lines.slice(0, messageLines)) {
    console.log(`    ${line.slice(0, 300)}`);
  }
  if (lines.length > messageLines) {
    console.log(`    … ${lines.length - messageLines} more lines`);
  }
  where.forEach((line) => console.log(`    ${line.trim()}`));
}

/** The lines that xUnit wrote below the failure of a fixture; the report has only its name. */
function cleanupMessage(project, name) {
  const log = readFileSync(join(folder, `${project}.log`), 'utf8').split('\n');
  const begin = log.findIndex((line) => /^ {4}\[.*Failure/.test(line) && line.includes(name));
  const end = log.findIndex((line, i) => i > begin && /^ {2,4}\S/.test(line));
  return begin < 0 ? '' : log.slice(begin, end).filter((line) => line.startsWith('    ')).map((line) => line.slice(4)).join('\n');
}

if (existsSync(join(folder, 'web.json'))) {
  for (const file of load('web.json').testResults) {
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    failed.forEach((test) => say('web page', test.fullName, test.failureMessages.join('\n')));
    if (file.status === 'failed' && failed.length === 0) {
      say('web page', file.name, file.message);
    }
  }
}

for (const project of names('.ctrf.json')) {
  const { tests, extra } = load(`${project}.ctrf.json`).results;
  tests.filter((test) => test.status === 'failed').forEach((test) => say(project, test.name, test.message, test.trace));
  extra.suites.flatMap((suite) => suite.errors ?? []).forEach((error) => say(project, `${error.type} of ${error.name}`, cleanupMessage(project, error.name)));
}
