// SPDX-License-Identifier: AGPL-3.0-or-later
/** The bundler puts a style sheet beside the script that imports it; there is nothing to type. */
declare module "*.css";
