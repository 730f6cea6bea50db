/** What Chromium tells screen readers of a page, node by node, in the order of the document. */
import type { Page } from 'playwright-core';

export interface AccessibleNode {
  readonly role: string;
  readonly name: string;
  readonly description: string;
  /** Of a heading. */
  readonly level: number | undefined;
}

export async function accessibleNodes(page: Page): Promise<readonly AccessibleNode[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    return nodes
      .filter(({ ignored }) => !ignored)
      .map(({ role, name, description, properties = [] }) => {
        const property = (wanted: string): unknown =>
          properties.find((one) => one.name === wanted)?.value.value;
        const level = property('level');
        return {
          role: textOf(role?.value),
          name: textOf(name?.value),
          description: textOf(description?.value),
          level: typeof level === 'number' ? level : undefined,
        };
      });
  } finally {
    await session.detach();
  }
}

function textOf(value: unknown): string {
  return value === undefined ? '' : String(value);
}
