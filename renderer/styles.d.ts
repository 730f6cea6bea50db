/** Style sheets are imported for their effect: esbuild gathers them into out/page/app.css. */
declare module '*.css';
