import * as v from 'valibot';
import { PROTOBUF_TYPE, readEnvelope, readFields, readText } from './protobuf.ts';
import { type AccessQuestion, badRequest, StatusError } from './status.ts';

/** What a SelfSubjectAccessReview asks: about a resource, about a path, or about nothing. */
export interface ReviewSpec {
  readonly resourceAttributes?: AccessQuestion | undefined;
  readonly nonResourceAttributes?: { readonly path: string; readonly verb: string } | undefined;
}

/** Understands the body of an access review in either encoding. Throws a 400 status for anything else. */
export function parseAccessReview(body: Uint8Array, contentType: string | undefined): ReviewSpec {
  try {
    if (contentType?.startsWith(PROTOBUF_TYPE)) return readBinaryReview(body);
    return v.parse(ReviewSchema, JSON.parse(new TextDecoder().decode(body))).spec;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new StatusError(
      badRequest(
        `SelfSubjectAccessReview in version "v1" cannot be handled as a SelfSubjectAccessReview: ${words}`,
      ),
    );
  }
}

/** Field numbers: k8s.io/api, authorization/v1/generated.proto. */
function readBinaryReview(body: Uint8Array): ReviewSpec {
  const spec = readFields(readEnvelope(body).get(2));
  const resource = spec.get(1);
  const path = spec.get(2);
  const resourceFields = readFields(resource);
  const pathFields = readFields(path);
  return {
    ...(resource && {
      resourceAttributes: {
        namespace: readText(resourceFields, 1),
        verb: readText(resourceFields, 2),
        group: readText(resourceFields, 3),
        resource: readText(resourceFields, 5),
        subresource: readText(resourceFields, 6),
        name: readText(resourceFields, 7),
      },
    }),
    ...(path && { nonResourceAttributes: { path: readText(pathFields, 1), verb: readText(pathFields, 2) } }),
  };
}

const text = v.optional(v.string(), '');
const ReviewSchema = v.object({
  spec: v.object({
    resourceAttributes: v.optional(
      v.object({ namespace: text, verb: text, group: text, resource: text, subresource: text, name: text }),
    ),
    nonResourceAttributes: v.optional(v.object({ path: text, verb: text })),
  }),
});
