/** What a first policy may look like: valid as it stands, and said in its own words. */
export const POLICY_EXAMPLE = `version: 1
rules:
  - name: production
    match:
      context: "prod-*"
    recording: required
    recorders:
      - kind: tsrecorder
        url: http://recorder.example.com
        name: vault
    # open: a shell that no recorder takes opens all the same, and its recording is delivered later.
    atStart: open
    midway: open
    reason: asked
    colour: red
`;
