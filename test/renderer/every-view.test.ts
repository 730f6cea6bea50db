// covers: renderer/ui/row-button.tsx
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AxeException, violationsOf } from '../fakes/axe.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import { walkByTab } from '../fakes/focus-walk.ts';
import { type PageBrowser, startPageBrowser } from '../fakes/page-browser.ts';
import { type PageView, VIEWS } from '../fakes/page-views.ts';

const EXCEPTIONS: readonly AxeException[] = [
  {
    rule: 'label-content-name-mismatch',
    selector: '.pod-row',
    because: 'its figures are said as words, "2 of 2 ready" for "2/2", after the name that it is called by',
  },
];

describe.skipIf(!chromiumPath)('every view', () => {
  let host: PageBrowser;

  beforeAll(async () => {
    host = await startPageBrowser({ hasWebgl: false });
  });
  afterAll(() => host.close());

  async function reach(view: PageView): Promise<Page> {
    // Colours that fade in are no colours to measure.
    const page = await host.show(view.scene, { isStill: true });
    await view.reach(page);
    return page;
  }

  test.each(VIEWS)('$name: breaks no rule of axe, and Tab comes to all of it', async (view) => {
    const shown = await reach(view);
    expect(await violationsOf(shown, EXCEPTIONS)).toEqual([]);
    const { stops, ...walk } = await walkByTab(shown);
    expect(stops).toBeGreaterThan(0);
    expect(walk).toEqual({ unreached: [], unmarked: [], hidden: [], stray: [] });
  });
});
