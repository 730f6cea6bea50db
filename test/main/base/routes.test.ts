import { expect, test } from 'vitest';
import { findRoute } from '../../../main/base/routes.ts';

const ROUTES = ['GET /things', 'POST /things', 'GET /things/*', 'UPGRADE /wire', 'GET /*'] as const;

test.each([
  ['GET', '/things', { kind: 'route', route: 'GET /things' }],
  ['POST', '/things', { kind: 'route', route: 'POST /things' }],
  ['GET', '/things/7', { kind: 'route', route: 'GET /things/*' }],
  ['GET', '/things/', { kind: 'route', route: 'GET /things/*' }],
  ['GET', '/wire', { kind: 'route', route: 'GET /*' }],
  ['UPGRADE', '/wire', { kind: 'route', route: 'UPGRADE /wire' }],
  ['UPGRADE', '/wire/', { kind: 'other-method' }],
  ['PUT', '/things', { kind: 'other-method' }],
  ['get', '/things', { kind: 'other-method' }],
  ['', '/things', { kind: 'other-method' }],
])('%s %s', (method, path, found) => {
  expect(findRoute(ROUTES, { method, path })).toEqual(found);
});

test('where nothing stands there is nothing, also for a method that begins like another', () => {
  expect(findRoute(['GET /things'], { method: 'GET', path: '/thing' })).toEqual({ kind: 'nothing' });
  expect(findRoute(['GET /things'], { method: 'GET', path: '' })).toEqual({ kind: 'nothing' });
  expect(findRoute(['GET /things'], { method: 'GE', path: '/things' })).toEqual({ kind: 'other-method' });
});
