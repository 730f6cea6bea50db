/** Axe on a page: every rule of WCAG 2.2 A and AA and its best practices. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What is left out, with the reason for it. */
export interface AxeException {
  readonly selector: string;
  readonly rule: string;
  readonly because: string;
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** One line an element that breaks a rule: which, where and why. `rules`: only these. */
export async function violationsOf(
  page: Page,
  exceptions: readonly AxeException[] = [],
  rules?: readonly string[],
): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const options: axe.RunOptions = {
    runOnly: rules ? { type: 'rule', values: [...rules] } : { type: 'tag', values: TAGS },
    resultTypes: ['violations'],
  };
  const violations = await page.evaluate(async (given) => {
    const { axe: runner } = globalThis as unknown as { axe: typeof axe };
    return (await runner.run(document, given)).violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, html, failureSummary }) => ({
        rule: id,
        target: target.flat().join(' '),
        html: html.slice(0, 160),
        why: failureSummary?.split('\n').slice(1).join(' ').trim() ?? '',
      })),
    );
  }, options);
  const isExcepted = async ({ rule, target }: { rule: string; target: string }): Promise<boolean> => {
    const selectors = exceptions.filter((one) => one.rule === rule).map((one) => one.selector);
    return (
      selectors.length > 0 &&
      (await page
        .locator(target)
        .first()
        .evaluate((element, all) => element.matches(all), selectors.join(', ')))
    );
  };
  const lines: string[] = [];
  for (const one of violations) {
    if (!(await isExcepted(one))) lines.push(`${one.rule}: ${one.target} ${one.html} ${one.why}`);
  }
  return lines;
}
