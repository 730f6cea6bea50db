// covers: renderer/library/library-dialogs.tsx
// covers: renderer/library/recording-table.tsx
// covers: renderer/library/recording-menu.tsx
// covers: renderer/library/group-row.tsx
// covers: renderer/library/group-details.tsx
// covers: renderer/library/list-bar.tsx
// covers: renderer/library/filter-field.tsx
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import type { ListStage } from '../../fakes/page-list.tsx';
import { type Stage, startStage } from '../../fakes/stage-page.ts';

declare const stage: ListStage;

const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000, interval: 20 });
const shots = fileURLToPath(new URL('../../../artefacts/library', import.meta.url));
/** More would mean that rows exist which nobody sees. */
const MOST_ROWS = 60;

describe.skipIf(!chromiumPath)('the list of recordings in a browser', () => {
  let opened: Stage;
  let page: Page;

  beforeAll(async () => {
    opened = await startStage('test/fakes/page-list.tsx', {
      viewport: { width: 1100, height: 560 },
      reducedMotion: 'reduce',
    });
    await mkdir(shots, { recursive: true });
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    page = await opened.load();
  });
  afterEach(() => expect(opened.errors()).toEqual([]));

  const deeds = (): Promise<readonly string[]> => page.evaluate(() => stage.deeds());
  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: `${shots}/${name}.png` });
  const filter = (): Locator => page.getByRole('combobox', { name: 'Filter recordings' });
  const list = (): Locator => page.getByRole('listbox', { name: 'Recordings' });
  const rows = (): Locator => list().locator('.list-rows').getByRole('option');
  const count = (text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor();
  /** Ids of the rows that exist, from the top. */
  const ids = (): Promise<readonly string[]> =>
    rows().evaluateAll((all) => all.map(({ id }) => id.replace(/^recordings-/, '')));
  const activeId = async (): Promise<string | undefined> =>
    (await list().getAttribute('aria-activedescendant'))?.replace(/^recordings-/, '');
  const selected = (): Promise<readonly string[]> =>
    list()
      .locator('.is-checked')
      .evaluateAll((all) => all.map(({ id }) => id.replace(/^recordings-/, '')));
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const showMany = async (): Promise<void> => {
    await page.evaluate(() => stage.showMany(10_000));
    await count('10000 recordings');
  };
  const showFew = async (): Promise<void> => {
    await page.evaluate(() =>
      stage.show([
        { state: 'live', durationMicros: 761e6, bytes: 1_234_567, pod: 'web-0', tags: ['incident'] },
        {
          pod: 'api-0',
          exitCode: 137,
          bytes: 9_000_000,
          isPinned: true,
          tags: ['incident', 'deploy', 'INC-7'],
        },
        { pod: 'api-1', exitCode: 0, durationMicros: 4_000e6, isOwed: true },
        { pod: 'db-0', state: 'damaged', note: 'line 7 is damaged', context: 'staging' },
        { pod: 'db-0', state: 'recovered', note: 'its end was mended', context: 'staging' },
        {
          pod: '',
          container: '',
          context: '',
          namespace: '',
          state: 'unreadable',
          note: 'it is no recording',
        },
        { pod: 'web-1', exitCode: 0, startedAtMs: new Date(2026, 10, 19, 9).getTime() },
        { pod: 'web-2', exitCode: 0, startedAtMs: new Date(2026, 10, 12, 9).getTime() },
      ]),
    );
    await list().waitFor();
  };
  const order = async (name: string): Promise<void> => {
    await page.getByTitle('Order and groups').click();
    await page.getByRole('menuitemradio', { name, exact: true }).click();
  };

  describe('of ten thousand', () => {
    test('only rows that are seen exist, and each place that is scrolled to has its own', async () => {
      await showMany();
      await eventually(async () => (await ids())[0]).toBe('r1');
      expect(await rows().count()).toBeLessThan(MOST_ROWS);
      await shot('list-10000');
      await list().evaluate((element) => element.scrollTo(0, 5_000 * 28));
      await eventually(ids).toContain('r5001');
      expect(await ids()).toContain('r5010');
      expect(await rows().count()).toBeLessThan(MOST_ROWS);
      await list().focus();
      await press('End');
      await eventually(activeId).toBe('r10000');
      await eventually(ids).toContain('r10000');
      expect(await rows().first().getAttribute('aria-setsize')).toBe('10000');
      await press('Home');
      await eventually(ids).toContain('r1');
    });

    test('a filter, an order and a change of one show the right rows', async () => {
      await showMany();
      await filter().fill('pod:worker-* exit:failed');
      // Every sixth pod, every seventh exit; those of the 97th are damaged.
      const wanted = Array.from({ length: 10_000 }, (_, index) => index).filter(
        (index) => index % 6 === 2 && index % 7 === 0 && index % 97 !== 0,
      );
      await count(`${wanted.length} of 10000 recordings`);
      await eventually(async () => (await ids()).slice(0, 3)).toEqual(
        wanted.slice(0, 3).map((index) => `r${index + 1}`),
      );
      expect(await rows().count()).toBeLessThan(MOST_ROWS);
      await order('Longest first');
      const longest = [...wanted].sort((a, b) => ((b * 7_919) % 5_400) - ((a * 7_919) % 5_400) || a - b);
      await eventually(async () => (await ids())[0]).toBe(`r${(longest[0] ?? 0) + 1}`);
      const last = `r${(longest.at(-1) ?? 0) + 1}`;
      await page.evaluate((id) => stage.put(id, { durationMicros: 9_000e6 }), last);
      await eventually(async () => (await ids())[0]).toBe(last);
      await page.evaluate((id) => stage.put(id, { exitCode: 0 }), last);
      await count(`${wanted.length - 1} of 10000 recordings`);
    });

    test('a change leaves the rows of others as they are', async () => {
      await showMany();
      await eventually(ids).toContain('r10');
      const marked = await rows().evaluateAll((all) => {
        for (const row of all) row.setAttribute('data-marked', '');
        return all.length;
      });
      await page.evaluate(() => stage.put('r3', { bytes: 77_000_000 }));
      await page.getByRole('option', { name: /77\.0 MB/ }).waitFor();
      expect(await list().locator('[data-marked]').count()).toBe(marked);
    });

    test('groups stand under heads that stay in sight, count, and are collapsed', async () => {
      await showMany();
      await order('By day');
      const today = rows().filter({ hasText: 'Today' });
      await today.waitFor();
      expect(await today.textContent()).toMatch(/^Today 29 recordings, /);
      await list().evaluate((element) => element.scrollTo(0, 50 * 28));
      await page.locator('.list-head').getByText('Yesterday').waitFor();
      await shot('list-by-day');
      await page.locator('.list-head').getByText('Yesterday').click();
      await page.getByRole('option', { name: /^Yesterday, .*collapsed$/ }).waitFor();
      await page.getByRole('region', { name: 'Group' }).waitFor();
      await order('By pod');
      await eventually(() => rows().first().textContent()).toContain('prod-eu ▸ jobs ▸ web-7f9c5d8b4-x2x9z');
      await list().focus();
      await press('ArrowLeft', 'j', 'k', 'Enter');
      await eventually(() =>
        page
          .getByRole('option', { name: /expanded$/ })
          .first()
          .isVisible(),
      ).toBe(true);
      await shot('list-by-pod');
    });
  });

  test('what a filter can say is offered, by key and by value', async () => {
    await showFew();
    await filter().focus();
    await page.keyboard.type('sta');
    await page.getByRole('option', { name: /^state:/ }).waitFor();
    await press('Tab');
    await page.getByRole('option', { name: /^state:damaged/ }).waitFor();
    await page.keyboard.type('da');
    await shot('filter-offers');
    await press('Enter');
    expect(await filter().inputValue()).toBe('state:damaged ');
    await count('1 of 8 recordings');
    await page.keyboard.type('pod:');
    await page.getByRole('option', { name: /^pod:api-0/ }).waitFor();
    await press('Escape');
    expect(await filter().inputValue()).toBe('state:damaged pod:');
    await page.getByText('pod:: it says nothing after its colon').waitFor();
    await shot('filter-problem');
    await press('Escape');
    await count('8 recordings');
  });

  test('a filter is begun with the mouse, and its values are offered', async () => {
    await showFew();
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('menuitem', { name: /^tag:/ }).click();
    await page.getByRole('option', { name: /^tag:incident/ }).waitFor();
    await press('Enter');
    await count('2 of 8 recordings');
    await page.getByRole('button', { name: 'Remove tag incident' }).click();
    await count('8 recordings');
  });

  test('each filter that holds can be taken out by itself, and a filter without hits leads back', async () => {
    await showFew();
    await filter().fill('pod:api-* -exit:0 -tag:deploy state:closed');
    await page.getByText('-exit:0: this cannot be excluded').waitFor();
    await page.getByText('No recording has all of these words').waitFor({ state: 'detached' });
    await count('1 of 8 recordings');
    await shot('filter-chips');
    await page.getByRole('button', { name: 'Remove not tag deploy' }).click();
    expect(await filter().inputValue()).toBe('pod:api-* -exit:0 state:closed');
    await count('2 of 8 recordings');
    await filter().fill('pod:nowhere tag:incident');
    await page.getByText('No recording has all of these words').waitFor();
    await shot('list-none');
    await page.getByRole('button', { name: 'Show all' }).click();
    await count('8 recordings');
  });

  test('the search on screens is asked with the filter', async () => {
    await showFew();
    await filter().fill('Web pod:web-* exit:maybe');
    await page.getByLabel('Search what was on the screens').fill('refused');
    await eventually(async () => (await deeds()).at(-1)).toBe(
      'search {"text":"refused","words":["web"],"filter":"pod:web-*"}',
    );
  });

  test('each state has its word and shape; tags and a pin stand in the row', async () => {
    await showFew();
    const text = async (index: number): Promise<string> => (await rows().nth(index).textContent()) ?? '';
    await eventually(() => text(0)).toContain('being recorded');
    expect(await text(1)).toContain('incidentdeploy+1');
    expect(await rows().nth(1).getByRole('img', { name: 'pinned' }).count()).toBe(1);
    expect(await rows().nth(2).getByRole('img', { name: 'not delivered' }).count()).toBe(1);
    expect(await text(3)).toContain('damaged');
    expect(await text(4)).toContain('recovered');
    expect(await text(5)).toContain('unreadable');
    await shot('list-states');
    await page.evaluate(() => stage.setTheme('light'));
    await shot('list-states-light');
    await page.setViewportSize({ width: 480, height: 560 });
    await shot('list-states-480');
  });

  test('long names leave their signs and figures in place', async () => {
    const long = 'a-pod-with-a-name-that-is-very-long-indeed-and-goes-on-7f9c5d8b4-x2x9z';
    await page.evaluate(
      (pod) =>
        stage.show([
          {
            pod,
            context: `arn:aws:eks:eu-central-1:123456789012:cluster/${pod}`,
            isPinned: true,
            isOwed: true,
          },
          { pod, tags: ['a-tag-that-is-longer-than-most-names', 'another-long-one', 'x'], exitCode: 137 },
        ]),
      long,
    );
    await filter().fill(`pod:${long.slice(0, 30)}* state:closed`);
    await count('2 recordings');
    await press('Home');
    await shot('list-long');
    await page.setViewportSize({ width: 480, height: 560 });
    await eventually(() =>
      page.locator('.library').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
    ).toBe(0);
    await shot('list-long-480');
  });

  test('several are selected by keys and deleted with one question; what is being recorded stays', async () => {
    await showFew();
    await list().focus();
    await press('Shift+ArrowDown', 'Shift+ArrowDown');
    expect(await selected()).toEqual(['r1', 'r2', 'r3']);
    await page.getByText(/^3 selected/).waitFor();
    await shot('list-selected');
    await press('Delete');
    const dialog = page.getByRole('dialog', { name: 'Delete 2 recordings?' });
    await dialog.getByText('1 recording still being made will stay.').waitFor();
    await shot('delete-several');
    await press('Enter');
    await eventually(async () => (await deeds()).at(-1)).toBe('remove r2 r3');
    await count('6 recordings');
    await eventually(() => list().evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await selected()).toEqual(['r1']);
    await press('Escape');
    expect(await selected()).toEqual([]);
    await press('Control+a');
    expect(await selected()).toEqual(['r1', 'r4', 'r5', 'r6', 'r7', 'r8']);
    await press('Escape', 'Home', ' ', 'j', 'j', ' ');
    expect(await selected()).toEqual(['r1', 'r5']);
    await filter().fill('pod:db-0');
    await eventually(selected).toEqual(['r5']);
  });

  test('a mouse selects with Ctrl and Shift, and a plain press selects none', async () => {
    await showFew();
    await rows().nth(1).click();
    await rows()
      .nth(3)
      .click({ modifiers: ['Shift'] });
    expect(await selected()).toEqual(['r2', 'r3', 'r4']);
    await rows()
      .nth(2)
      .click({ modifiers: ['Control'] });
    expect(await selected()).toEqual(['r2', 'r4']);
    await rows().nth(5).locator('.library-check').click();
    expect(await selected()).toEqual(['r2', 'r4', 'r6']);
    await rows().nth(3).click({ button: 'right' });
    await page.getByRole('menu', { name: '3 recordings' }).waitFor();
    await press('Escape');
    await rows().nth(0).click();
    expect(await selected()).toEqual([]);
  });

  test('p pins, and t opens the tags of all that are selected', async () => {
    await showFew();
    await list().focus();
    await press('p');
    await eventually(async () => (await deeds()).at(-1)).toBe('annotate r1 {"isPinned":true}');
    await press('p');
    await eventually(async () => (await deeds()).at(-1)).toBe('annotate r1 {"isPinned":false}');
    await press('Shift+ArrowDown', 't');
    await page.getByRole('dialog', { name: 'Tags of 2 recordings' }).waitFor();
  });

  test('a slash leads to the filter, and Escape out of the list empties it', async () => {
    await showFew();
    await list().focus();
    await press('/');
    await eventually(() => filter().evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.type('db-0/');
    await filter().fill('db-0');
    await count('2 of 8 recordings');
    await list().focus();
    await press('Escape');
    await count('8 recordings');
  });

  test('the list keeps its height, whatever its active row is', async () => {
    await showFew();
    await order('By day');
    const height = (): Promise<number> => list().evaluate((element) => element.clientHeight);
    for (const width of [1100, 480]) {
      await page.setViewportSize({ width, height: 560 });
      await rows().nth(1).click();
      await page.getByRole('region', { name: 'Recording', exact: true }).waitFor();
      const before = await height();
      await list().focus();
      await press('Home');
      await page.getByRole('region', { name: 'Group' }).waitFor();
      expect(await height()).toBe(before);
      await shot(`group-details-${width}`);
    }
    await page.getByRole('button', { name: 'Hide them' }).click();
    await page.getByRole('option', { name: /^Today, .*collapsed$/ }).waitFor();
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('dialog', { name: /^Delete \d recordings\?$/ }).waitFor();
  });

  test('a column sorts, and then the other way round', async () => {
    await showFew();
    await page.getByText('Size', { exact: true }).click();
    await eventually(async () => (await ids()).slice(0, 2)).toEqual(['r2', 'r1']);
    await page.getByText('Pod / container').click();
    await eventually(async () => (await ids())[0]).toBe('r6');
    await page.getByText('Pod / container').click();
    await eventually(async () => (await ids())[0]).toBe('r8');
  });

  test('filter, order and groups are there again after a while in a recording', async () => {
    await showFew();
    await filter().fill('exit:ok');
    await order('By day');
    await order('Oldest first');
    await page.evaluate(() => stage.leave(true));
    await page.getByText('A replay').waitFor();
    await page.evaluate(() => stage.leave(false));
    await page.getByTitle('Order and groups').getByText('By day, oldest first').waitFor();
    expect(await filter().inputValue()).toBe('exit:ok');
    await eventually(async () => (await ids())[1]).toBe('r8');
  });

  test('the next one becomes active where one has gone', async () => {
    await showFew();
    await list().focus();
    await press('j', 'j', 'j', 'Delete');
    await page.getByRole('dialog').waitFor();
    await press('Enter');
    await eventually(activeId).toBe('r5');
  });
});
