// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import io.ucm.api.Access;
import io.ucm.api.ConnectionManager;
import io.ucm.examples.workload.Answer;
import io.ucm.examples.workload.Managers;
import io.ucm.shell.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The shops' shell commands. */
@Component(
        service = CatalogCommands.class,
        immediate = true,
        property = {
            "osgi.command.scope=catalog",
            "osgi.command.function=list",
            "osgi.command.function=price",
            "osgi.command.function=reprice"
        })
public final class CatalogCommands {

    private static final String DEFAULT_MODE = "ASYNC_MODERN";
    private static final String DEFAULT_SHOP = "north";

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private final List<ConnectionManager> managers = new CopyOnWriteArrayList<>();

    @Descriptor("lists a shop's products, from any node")
    public Object list(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the shop: north or south")
                    @Parameter(
                            names = {"-t", "--tenant"},
                            absentValue = DEFAULT_SHOP)
                    String shop,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster)
            throws Exception {
        ConnectionManager manager = new Managers(managers).find(cluster, DEFAULT_MODE);
        // A replica may not have heard yet of a table that is new.
        Access access = makeTable(manager) ? Access.READ_WRITE : Access.READ_ONLY;
        ProductList products = new ProductList(Answer.of(new Catalog(manager, known(shop)).list(access)));
        return json ? Json.line(products) : products;
    }

    @Descriptor("shows a product's price, through the cache")
    public Object price(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the shop: north or south")
                    @Parameter(
                            names = {"-t", "--tenant"},
                            absentValue = DEFAULT_SHOP)
                    String shop,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster,
            @Descriptor("the product, from 1 to 100") int id)
            throws Exception {
        Product product = Answer.of(catalog(cluster, shop).product(id));
        if (product == null) {
            throw new NoSuchElementException("shop '" + shop + "' has no product " + id);
        }
        return printed(product, json);
    }

    @Descriptor("changes a product's price, and makes the cache forget it")
    public Object reprice(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the shop: north or south")
                    @Parameter(
                            names = {"-t", "--tenant"},
                            absentValue = DEFAULT_SHOP)
                    String shop,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster,
            @Descriptor("the product, from 1 to 100") int id,
            @Descriptor("the new price, such as 9.50") String amount)
            throws Exception {
        return printed(Answer.of(catalog(cluster, shop).changePrice(id, amount(amount))), json);
    }

    private Catalog catalog(String cluster, String shop) throws Exception {
        ConnectionManager manager = new Managers(managers).find(cluster, DEFAULT_MODE);
        makeTable(manager);
        return new Catalog(manager, known(shop));
    }

    /** False when it was there. */
    private boolean makeTable(ConnectionManager manager) throws Exception {
        return ProductTable.make(manager, new Managers(managers).owner(manager));
    }

    private static BigDecimal amount(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no amount such as 9.50", e);
        }
    }

    private static String known(String shop) {
        if (!ProductTable.SHOPS.contains(shop)) {
            throw new IllegalArgumentException(
                    "--tenant " + shop + ": there is no such shop; there are: " + ProductTable.SHOPS);
        }
        return shop;
    }

    private static Object printed(Product product, boolean json) {
        return json ? Json.line(product) : new ProductList(List.of(product));
    }
}
