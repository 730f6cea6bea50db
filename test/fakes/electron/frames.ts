/** The frames of a page, as the main process sees them. */
import { nameMissing } from './missing.ts';
import { toAppAddress } from './scheme-address.ts';

export interface FrameFacts {
  readonly id: string;
  readonly parentId?: string;
  readonly url: string;
}

/** What of WebFrameMain is there. */
export interface WebFrameMain {
  readonly url: string;
  readonly origin: string;
  readonly parent: WebFrameMain | null;
  readonly frameToken: string;
  readonly detached: boolean;
  isDestroyed(): boolean;
}

export interface Frames {
  readonly mainFrame: WebFrameMain;
  find(id: string): WebFrameMain | undefined;
  isMain(id: string): boolean;
  attach(id: string, parentId: string): void;
  navigate(facts: FrameFacts): void;
  /** Another address, the same document. */
  move(id: string, url: string): void;
  detach(id: string): void;
  clear(): void;
}

export function createFrames(): Frames {
  const facts = new Map<string, FrameFacts>();
  const known = new Map<string, WebFrameMain>();
  let mainId = '';

  function create(id: string): WebFrameMain {
    return nameMissing('WebFrameMain', {
      get url() {
        return toAppAddress(facts.get(id)?.url ?? 'about:blank');
      },
      get origin() {
        const url = new URL(this.url);
        return url.host === '' ? 'null' : `${url.protocol}//${url.host}`;
      },
      get parent(): WebFrameMain | null {
        const parentId = facts.get(id)?.parentId;
        return parentId === undefined ? null : frameOf(parentId);
      },
      frameToken: id,
      get detached() {
        return !facts.has(id);
      },
      isDestroyed: () => !facts.has(id),
    });
  }

  function frameOf(id: string): WebFrameMain {
    const frame = known.get(id) ?? create(id);
    known.set(id, frame);
    return frame;
  }

  return {
    get mainFrame() {
      return frameOf(mainId);
    },
    find: (id) => (facts.has(id) ? frameOf(id) : undefined),
    isMain: (id) => id === mainId,
    attach: (id, parentId) => void facts.set(id, { id, parentId, url: 'about:blank' }),
    navigate(next) {
      if (next.parentId === undefined) mainId = next.id;
      facts.set(next.id, next);
    },
    move(id, url) {
      const before = facts.get(id);
      if (before) facts.set(id, { ...before, url });
    },
    detach: (id) => void facts.delete(id),
    clear: () => facts.clear(),
  };
}
