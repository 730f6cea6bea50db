/** Which namespace's pods are listed. Where the cluster tells no names, one may be typed. */
import type { JSX } from 'preact';
import type { Store } from '../store.ts';
import { sentence } from '../ui/messages.tsx';
import { Picker } from '../ui/picker.tsx';

/** No namespace is called so: names are lower case letters, digits and hyphens. */
const ALL = '*';
const ALL_LABEL = 'All namespaces';

export function NamespacePicker({ store }: { readonly store: Store }): JSX.Element | null {
  const { contexts } = store;
  const watch = contexts.selectedWatch.value;
  if (!watch) return null;
  const { context, namespace } = watch;
  const listed = contexts.namespaces.value.get(context);
  const problem = listed?.problem;
  const names = new Set(listed?.namespaces);
  if (namespace !== null) names.add(namespace);
  return (
    <Picker
      id="namespace"
      label="Namespace"
      value={namespace === null ? { key: ALL, label: ALL_LABEL } : { key: namespace, label: namespace }}
      options={[{ key: ALL, label: ALL_LABEL }, ...[...names].sort().map((key) => ({ key, label: key }))]}
      onOpen={() => void contexts.loadNamespaces(context)}
      onPick={(key) => void contexts.setNamespace(context, key === ALL ? null : key)}
      typedLabel={(typed) => `Use namespace “${typed}”`}
      {...(problem
        ? {
            note: sentence(`the cluster lists none: ${problem.message}`),
            onDetails: () => store.view.say('lost', `${context} lists no namespaces`, problem),
          }
        : {})}
    />
  );
}
