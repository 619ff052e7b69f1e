// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.shell.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one SQL text returned: rows, or the number of rows it changed. Prints as a table.
 *
 * @param more whether there were more rows than were asked for
 */
record SqlResult(
        List<String> columns,
        List<List<@Nullable Object>> rows,
        boolean more,
        @Nullable Long updated) {

    /** Runs the text; of several statements the last result counts. */
    static SqlResult of(Connection connection, String sql, int limit) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(limit + 1);
            SqlResult last = new SqlResult(List.of(), List.of(), false, null);
            boolean rows = statement.execute(sql);
            while (rows || statement.getLargeUpdateCount() >= 0) {
                last = rows
                        ? rows(statement.getResultSet(), limit)
                        : new SqlResult(List.of(), List.of(), false, statement.getLargeUpdateCount());
                rows = statement.getMoreResults();
            }
            return last;
        }
    }

    private static SqlResult rows(ResultSet result, int limit) throws SQLException {
        ResultSetMetaData metaData = result.getMetaData();
        List<String> columns = new ArrayList<>();
        for (int column = 1; column <= metaData.getColumnCount(); column++) {
            columns.add(metaData.getColumnLabel(column));
        }
        List<List<@Nullable Object>> rows = new ArrayList<>();
        while (rows.size() < limit && result.next()) {
            List<@Nullable Object> row = new ArrayList<>();
            for (int column = 1; column <= columns.size(); column++) {
                row.add(cell(result, column));
            }
            rows.add(row);
        }
        return new SqlResult(columns, rows, rows.size() == limit && result.next(), null);
    }

    /** Numbers and truth values stay what they are; everything else is text as the server writes it. */
    private static @Nullable Object cell(ResultSet result, int column) throws SQLException {
        Object value = result.getObject(column);
        return value instanceof Number || value instanceof Boolean ? value : result.getString(column);
    }

    @Override
    public String toString() {
        if (columns.isEmpty()) {
            return updated == null ? "done" : updated + (updated == 1 ? " row changed" : " rows changed");
        }
        Table table = new Table(columns);
        rows.forEach(table::row);
        return more ? table + "\n(more rows were left out; --limit shows more)" : table.toString();
    }
}
